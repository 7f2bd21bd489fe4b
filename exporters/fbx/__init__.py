"""FBX out."""
