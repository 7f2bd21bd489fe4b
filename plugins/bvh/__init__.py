"""Biovision Hierarchy files."""
