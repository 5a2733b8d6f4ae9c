"""Keeps sample data alive, as real meters behave: mostly quiet, a few calls an hour.

It speaks to the service over HTTP, as devices and phones do, and touches sample devices and workers only.
"""

from data.simulator.run import simulate

__all__ = ["simulate"]
