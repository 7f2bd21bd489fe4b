"""Scenes as files hold them, and the characters and takes in them."""
