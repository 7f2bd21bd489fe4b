"""Previews of takes: contact sheets and movies, rendered without a display or a GPU."""
