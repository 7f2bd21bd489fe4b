"""AMASS-like NumPy archives out."""
