"""What every writer needs of a take before it writes: checks, arrays, surfaces, skin weights, tracks."""
