"""Live Link Face curves in."""
