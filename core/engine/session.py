"""What all items of a process share."""

from dataclasses import dataclass, field
from typing import Any

import torch

from motionloom.core.engine.cache import Cache
from motionloom.core.engine.events import Emit
from motionloom.core.engine.outputs import ArtifactRecord, OutputRoot
from motionloom.core.engine.report import StepFailed
from motionloom.core.graph.linked import LinkedGraph


@dataclass
class Session:
    """What all items of a process share.

    Args:
        linked: the graph.
        cache: None where it is off.
        outputs: the output root.
        device: of the process.
        seed: of the run.
        keep_going: whether the other branches of a failed item go on.
        emit: receives events.
        remembers: whether results go to the cache.
        shared: results that do not depend on the item, by key.
        failures: of steps that do not depend on the item, by key.
        records: the files that steps wrote, by key.
    """

    linked: LinkedGraph
    cache: Cache | None
    outputs: OutputRoot
    device: torch.device
    seed: int
    keep_going: bool
    emit: Emit
    remembers: bool = True
    shared: dict[str, Any] = field(default_factory=dict)
    failures: dict[str, StepFailed] = field(default_factory=dict)
    records: dict[str, ArtifactRecord] = field(default_factory=dict)
