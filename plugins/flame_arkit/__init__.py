"""FLAME parameters as ARKit weights, and back."""
