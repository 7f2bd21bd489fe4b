"""Smooths motion: an example of a plugin for motionloom."""
