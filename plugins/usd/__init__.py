"""USD in."""
