"""The mark that makes a plugin's function a hook."""

import pluggy

PROJECT = "motionloom"

hookimpl = pluggy.HookimplMarker(PROJECT)
"""Decorate a plugin's `motionloom_nodes`, `motionloom_pipelines` or `motionloom_event` with it."""
