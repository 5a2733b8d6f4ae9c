"""The processes of a service that are killed and frozen at random, and started anew as `yike up` does it."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from geo.database.server import LocalServer


@dataclass
class Processes:
    """The API and the jobs, started anew whenever they end, as `yike up` does it; and their database."""

    server: LocalServer
    log: Path
    port: int
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    starts: dict[str, int] = field(default_factory=dict)
    stopping: bool = False
    database_is_being_started: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def tend(self) -> None:
        while not self.stopping:
            for name in ("serve", "work"):
                process = self.running.get(name)
                if process is None or process.poll() is not None:
                    self.starts[name] = self.starts.get(name, 0) + 1
                    environment = {
                        **os.environ,
                        "YIKE_DATABASE_URL": self.server.url,
                        "YIKE_PORT": str(self.port),
                        "YIKE_HOME": str(self.log.parent),
                    }
                    with self.log.open("ab") as output:
                        self.running[name] = subprocess.Popen(
                            [sys.executable, "-m", "api.cli", name], env=environment, stdout=output, stderr=output
                        )
            with self.database_is_being_started:
                if not self.stopping and not self.server.is_running():
                    with contextlib.suppress(Exception):
                        self.server.start()
            time.sleep(0.3)

    def stop(self) -> None:
        self.stopping = True
        for process in self.running.values():
            process.send_signal(signal.SIGCONT)
            process.terminate()
        for process in self.running.values():
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()

    def database_processes(self) -> list[int]:
        """The postmaster first, then its children."""
        found = subprocess.run(
            ["pgrep", "-f", f"postgres.* -D {self.server.home}"], capture_output=True, text=True, check=False
        ).stdout.split()
        masters = [int(pid) for pid in found]
        children = [
            int(pid)
            for master in masters
            for pid in subprocess.run(
                ["pgrep", "-P", str(master)], capture_output=True, text=True, check=False
            ).stdout.split()
        ]
        return [*masters, *children]


def trouble(processes: Processes, end: float, seed: int, counts: dict[str, int]) -> None:
    """One thing after another goes wrong."""
    dice = random.Random(seed)
    while time.monotonic() < end:
        time.sleep(dice.uniform(2, 9))
        what = dice.choice(
            (
                "kill serve",
                "kill work",
                "kill postgres",
                "kill a backend",
                "freeze serve",
                "freeze work",
                "freeze postgres",
            )
        )
        with contextlib.suppress(ProcessLookupError, IndexError, KeyError):
            verb, _, whom = what.partition(" ")
            if whom in ("serve", "work"):
                pids = [processes.running[whom].pid]
            else:
                everyone = processes.database_processes()
                pids = (
                    everyone[:1]
                    if what == "kill postgres"
                    else [dice.choice(everyone[6:])]
                    if whom == "a backend"
                    else everyone
                )
            if verb == "kill":
                for pid in pids:
                    os.kill(pid, signal.SIGKILL)
            else:
                for pid in pids:
                    os.kill(pid, signal.SIGSTOP)
                time.sleep(dice.uniform(1, 8))
                for pid in pids:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGCONT)
            counts[what] = counts.get(what, 0) + 1


def wait_ready(url: str) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{url}/readyz", timeout=5).status_code == httpx.codes.OK:
                return
        time.sleep(0.3)
    raise AssertionError("the service does not come back")
