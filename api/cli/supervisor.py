"""Runs the processes of `yike up` and keeps them running; leaves a note of who they are for `yike down`."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import orjson

_GRACE_S = 8.0
_LONGEST_PAUSE_S = 30.0
_RAN_WELL_S = 60.0


@dataclass
class Child:
    """A process to keep running."""

    name: str
    arguments: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    failures: int = 0
    start_at: float = 0.0


@dataclass
class Supervisor:
    """Starts children, restarts those that end, stops them all in order."""

    home: Path
    address: str
    environment: Mapping[str, str]
    children: list[Child] = field(default_factory=list)
    _stopping: bool = False

    def add(self, name: str, *arguments: str) -> None:
        """A child that runs ``yike <arguments>``; its output goes to ``log/<name>.log``."""
        self.children.append(Child(name, arguments))

    def run(self) -> None:
        """Until SIGINT or SIGTERM; children are stopped on the way out whatever happens."""
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, self._stop)
        try:
            while not self._stopping:
                self._tend()
                time.sleep(0.2)
        finally:
            self._stop_all()
            note_file(self.home).unlink(missing_ok=True)

    def _stop(self, *_: object) -> None:
        self._stopping = True

    def _tend(self) -> None:
        changed = False
        for child in self.children:
            if child.process is not None and child.process.poll() is not None:
                # One that ran well for a while begins anew; only quick failures are answered with longer pauses.
                ran_s = time.monotonic() - child.start_at
                child.failures = 1 if ran_s > _RAN_WELL_S else child.failures + 1
                pause = min(_LONGEST_PAUSE_S, 0.5 * 2**child.failures)
                child.start_at = time.monotonic() + pause
                child.process = None
                changed = True
            if child.process is None and time.monotonic() >= child.start_at:
                child.start_at = time.monotonic()
                child.process = self._start(child)
                changed = True
        if changed:
            self._write_note()

    def _start(self, child: Child) -> subprocess.Popen[bytes]:
        folder = self.home / "log"
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / f"{child.name}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "api.cli", *child.arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **self.environment},
                # Ctrl-C is for us alone; we then stop the children in order.
                start_new_session=True,
            )

    def _write_note(self) -> None:
        processes = {child.name: child.process.pid for child in self.children if child.process is not None}
        file = note_file(self.home)
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(".part")
        part.write_bytes(orjson.dumps({"pid": os.getpid(), "address": self.address, "processes": processes}))
        part.replace(file)

    def _stop_all(self) -> None:
        running = [child.process for child in reversed(self.children) if child.process is not None]
        stop_processes([process.pid for process in running])
        for process in running:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(1)


def note_file(home: Path) -> Path:
    """Where a running `yike up` says who it is."""
    return home / "run" / "up.json"


@dataclass(frozen=True)
class Note:
    """A running `yike up`: its process, its address and its children."""

    pid: int
    address: str
    processes: Mapping[str, int]


def read_note(home: Path) -> Note | None:
    """The `yike up` that runs from this home, or None."""
    try:
        note = Note(**orjson.loads(note_file(home).read_bytes()))
    except (OSError, ValueError, TypeError):
        return None
    return note if any(is_ours(pid) for pid in (note.pid, *note.processes.values())) else None


def is_ours(pid: int) -> bool:
    """Whether a process id is one of Yike's and not a stranger's who got the number later."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z" and (b"api.cli" in command or b"yike" in command)


def stop_processes(pids: Sequence[int]) -> None:
    """Ask processes to end, and end those that do not within some seconds."""
    for name, patience_s in ((signal.SIGTERM, _GRACE_S), (signal.SIGKILL, 2.0)):
        for pid in pids:
            if is_ours(pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, name)
        deadline = time.monotonic() + patience_s
        while any(is_ours(pid) for pid in pids):
            if time.monotonic() > deadline:
                break
            time.sleep(0.05)
        else:
            return
