"""Any file in, chosen by its suffix."""
