"""How the small network of the converter is trained."""
