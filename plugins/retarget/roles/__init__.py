"""What each joint does in the body: from names, from the rest pose, or from a mapping that a person wrote."""
