"""SMPL, SMPL-H and SMPL-X motions as AMASS stores them."""
