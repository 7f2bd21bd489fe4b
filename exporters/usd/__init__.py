"""USD out."""
