"""VRM animation out."""
