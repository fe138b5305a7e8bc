"""SIGTERM and SIGINT end a run after its current step, with a checkpoint."""

import signal


class StopSignal:
    """Listens from its creation."""

    def __init__(self):
        self.received = False
        signal.signal(signal.SIGTERM, self._receive)
        signal.signal(signal.SIGINT, self._receive)

    def _receive(self, *_) -> None:
        self.received = True
