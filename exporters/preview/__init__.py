"""Contact sheets and films, rendered without a screen."""
