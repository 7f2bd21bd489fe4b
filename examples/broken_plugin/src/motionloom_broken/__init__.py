"""Fails on import, on purpose."""
