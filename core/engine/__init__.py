"""Planning and running graphs: keys, cache, items, outputs, events."""
