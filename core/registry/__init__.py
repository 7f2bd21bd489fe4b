"""Plugins: what they may add, who is there, and which nodes they bring."""

from motionloom.core.registry.loading import Provider
from motionloom.core.registry.registry import Entry, Registry, installed_registry

__all__ = ["Entry", "Provider", "Registry", "installed_registry"]
