"""Who asks, and what they may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from geo.scope import AreaScope

Role = Literal["viewer", "planner", "worker", "dispatcher", "admin", "source", "visitor"]
Right = Literal["read", "plan", "work", "dispatch", "administer", "send"]
"""`read` the maps and lists; `plan` changes to facilities; `work` on one's own orders; `dispatch`: judge incidents
and send people; `administer` accounts and rules; `send` readings."""

RIGHTS: Mapping[Role, frozenset[Right]] = {
    "visitor": frozenset(),
    "source": frozenset({"send"}),
    "viewer": frozenset({"read"}),
    "planner": frozenset({"read", "plan"}),
    "worker": frozenset({"read", "work"}),
    "dispatcher": frozenset({"read", "work", "dispatch"}),
    "admin": frozenset({"read", "plan", "work", "dispatch", "administer", "send"}),
}


@dataclass(frozen=True, slots=True)
class Reader:
    """Whoever a request comes from. `name` is what stands on record of what they do."""

    name: str
    role: Role
    scope: AreaScope
    account: str | None = None
    worker_id: int | None = None

    @property
    def rights(self) -> frozenset[Right]:
        """What they may do."""
        return RIGHTS[self.role]

    def may(self, *rights: Right) -> bool:
        """Whether they have one of these rights."""
        return not self.rights.isdisjoint(rights)

    def may_act_for(self, worker_id: int | None) -> bool:
        """Whether they may do what is a worker's to do: as that worker, or as who sends them."""
        return self.may("dispatch") or (self.worker_id is not None and self.worker_id == worker_id)


AT_THIS_MACHINE = Reader("dispatcher", "admin", AreaScope.everything())
"""Who sits at the machine Yike runs on, and can read its database anyway."""

VISITOR = Reader("visitor", "visitor", AreaScope.everything())
"""Who has not signed in. Only what is public answers them."""
