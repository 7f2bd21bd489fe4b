"""Motions as Biovision Hierarchy files."""
