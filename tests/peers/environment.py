"""Runs the drivers of other engines, each in the Python environment that `scripts/peers` made for it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Peer = Literal["pandana", "osrm", "valhalla", "tipg"]
Answers = dict[str, NDArray[Any]]

HERE = Path(__file__).parent


def folder() -> Path:
    """Where the environments are: `YIKE_PEERS`, else below the user's cache."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("YIKE_PEERS") or cache / "yike" / "peers")


def missing(peer: Peer) -> str | None:
    """Why an engine can not be asked here; None where it can."""
    reason = folder() / f"{peer}.missing"
    if reason.exists():
        return f"not to be had here: {reason.read_text(encoding='utf-8')}"
    if not (folder() / peer / ".done").exists():
        return "not to be had here: run scripts/peers first"
    return None


def ask(peer: Peer, **given: Any) -> Answers:
    """The answers of a driver to what it is given, all as arrays.

    Raises
    ------
    RuntimeError
        With what the driver said, when it fails.
    """
    with TemporaryDirectory() as scratch:
        question, answer = Path(scratch) / "question.npz", Path(scratch) / "answer.npz"
        np.savez(question, **given)
        python = folder() / peer / "bin" / "python"
        done = subprocess.run(
            [python, HERE / f"drive_{peer}.py", question, answer], check=False, capture_output=True, text=True
        )
        if done.returncode != 0:
            raise RuntimeError(f"{peer} failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
        with np.load(answer) as found:
            return {name: found[name] for name in found.files}
