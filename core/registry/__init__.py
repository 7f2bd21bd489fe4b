"""Plugins: what they may add, who is there, and which nodes they bring."""

from motionloom.core.registry.hookspecs import hookimpl
from motionloom.core.registry.registry import Provider, Registry, installed_registry

__all__ = ["Provider", "Registry", "hookimpl", "installed_registry"]
