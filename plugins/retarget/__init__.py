"""A motion carried over to another skeleton."""
