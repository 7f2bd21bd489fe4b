"""Graphs: YAML with positions, inputs, references, type checking, pictures."""
