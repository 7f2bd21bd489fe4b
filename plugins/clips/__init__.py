"""Clips that the project makes itself."""
