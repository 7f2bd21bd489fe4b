"""FBX in."""
