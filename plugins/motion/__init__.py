"""Changes to a motion that stays on its skeleton."""
