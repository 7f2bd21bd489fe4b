"""How well a motion was carried over: metrics, tables and pages."""
