"""Rest poses measured, and turned into the one reference pose in which all bodies look alike."""
