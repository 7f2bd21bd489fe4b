"""The default character: Anny, a parametric body."""
