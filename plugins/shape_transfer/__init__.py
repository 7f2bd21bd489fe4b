"""Blend shapes of one face put on another."""
