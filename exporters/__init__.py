"""What leaves the building: takes as files."""
