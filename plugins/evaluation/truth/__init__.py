"""Pairs of motions with a known truth: one posed surface, read through the rigs of several bodies."""
