"""Face motion from named weights and curve files."""
