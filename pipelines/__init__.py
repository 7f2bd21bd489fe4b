"""The graphs that ship with motionloom, as package data."""
