"""Starts many services quickly: one process imports everything once, and each service is a fork of it.

A service takes three seconds of a core to import what it needs, and the tests start some forty of them. What a fork
runs is `yike serve` as ever, with the settings of its own environment, in a process of its own.
"""

from __future__ import annotations

import atexit
import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

_SET_PARENT_DEATH_SIGNAL = 1


class Started:
    """A process somebody else is the parent of, as far as `subprocess.Popen` is needed here."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def poll(self) -> int | None:
        """None while it runs."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return 0
        return None

    def send_signal(self, number: int) -> None:
        """Tell it something, if it still runs."""
        try:
            os.kill(self.pid, number)
        except ProcessLookupError:
            return


def start(arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> Started:
    """Run ``yike`` with these arguments, this environment and this log."""
    with socket.socket(socket.AF_UNIX) as asking:
        asking.connect(_address())
        asking.sendall(json.dumps([list(arguments), dict(environment), str(log)]).encode() + b"\n")
        return Started(int(asking.makefile().readline()))


@cache
def _address() -> str:
    """Of the process that forks; it ends with this one."""
    address = str(Path(tempfile.mkdtemp(prefix="yike-starter-")) / "socket")
    process = subprocess.Popen([sys.executable, "-m", "tests.starter", address], stdout=subprocess.PIPE)
    atexit.register(process.terminate)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n", "the starter did not start"
    return address


def _fork_for_whoever_asks(address: str) -> None:
    ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)
    import api.cli.serve  # noqa: F401 — imported for all forks

    # Nobody waits for the forks.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(address)
        server.listen()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while True:
            asked, _ = server.accept()
            with asked:
                arguments, environment, log = json.loads(asked.makefile().readline())
                pid = os.fork()
                if pid == 0:
                    server.close()
                    _become(arguments, environment, log)
                asked.sendall(f"{pid}\n".encode())


def _become(arguments: list[str], environment: dict[str, str], log: str) -> None:
    from api.cli import main

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.clear()
    os.environ.update(environment)
    output = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.dup2(output, 1)
    os.dup2(output, 2)
    sys.argv = ["yike", *arguments]
    try:
        main()
    except SystemExit as ended:
        os._exit(ended.code if isinstance(ended.code, int) else 1)
    except BaseException:  # noqa: BLE001 — a fork must not go on where the starter would
        sys.excepthook(*sys.exc_info())
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    _fork_for_whoever_asks(sys.argv[1])
