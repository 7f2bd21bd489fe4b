"""Live Link Face curves out."""
