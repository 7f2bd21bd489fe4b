"""Character, body and face put together."""
