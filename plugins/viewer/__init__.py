"""A take in the browser: `motionloom view`."""
