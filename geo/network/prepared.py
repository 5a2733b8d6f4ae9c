"""The contraction of a network, made aside while its first ways are still found without."""

from __future__ import annotations

import threading

from geo.network.contraction import Contraction, Floats, Ints


class Prepared:
    """A contraction that is made once, whoever asks first."""

    def __init__(self, first: Ints, target: Ints, seconds: Floats) -> None:
        self._arcs = first, target, seconds
        self._lock = threading.Lock()
        self._is_begun = False
        self._made: Contraction | None = None

    def at_hand(self) -> Contraction | None:
        """It, where it is made already; otherwise it is begun, in a thread of its own."""
        if not self._is_begun:
            self._is_begun = True
            threading.Thread(target=self.wait, name="contraction", daemon=True).start()
        return self._made

    def wait(self) -> Contraction:
        """It, however long that takes."""
        with self._lock:
            self._is_begun = True
            if self._made is None:
                self._made = Contraction.build(*self._arcs)
            return self._made
