"""glTF in."""
