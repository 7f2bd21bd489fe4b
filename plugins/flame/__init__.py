"""Models of the SMPL family: FLAME heads and SMPL-X bodies, read from the files of the user."""
