"""SAME: skeletons nobody mapped, through an embedding that does not depend on the skeleton (Lee et al. 2023)."""
