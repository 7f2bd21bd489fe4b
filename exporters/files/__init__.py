"""Any take to any file, chosen by its suffix."""
