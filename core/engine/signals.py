"""SIGINT and SIGTERM, both as KeyboardInterrupt while a run goes on."""

import signal
import threading
from types import FrameType, TracebackType
from typing import Any, Self


class Interrupts:
    """Makes SIGTERM interrupt the block like Ctrl-C does; handlers are put back afterwards.

    Only the first signal raises KeyboardInterrupt: farms send several at once, and the later ones
    must not cut short what the first sets off. Python delivers signals to the main thread only; in
    another thread this changes nothing.
    """

    def __init__(self) -> None:
        self.heard = False
        self.winding_up = False
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._before[number] = signal.signal(number, self._hear)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Put the handlers back."""
        for number, handler in self._before.items():
            # None stands for a handler that was not installed from Python, as inside a DCC.
            signal.signal(number, signal.SIG_DFL if handler is None else handler)

    def raise_if_heard(self) -> None:
        """Raise again what a node may have swallowed.

        Raises:
            KeyboardInterrupt: a signal came.
        """
        if self.heard:
            raise KeyboardInterrupt

    def _hear(self, number: int, frame: FrameType | None) -> None:
        first, self.heard = not self.heard, True
        if first and not self.winding_up:
            raise KeyboardInterrupt
