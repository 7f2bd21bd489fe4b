"""Takes as glTF 2.0."""
