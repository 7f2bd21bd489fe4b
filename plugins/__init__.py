"""The built-in nodes, a folder a system, registered as any third party's are."""
