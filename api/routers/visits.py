"""Who must be visited: what is due, the rules by tag, and the wishes of homes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.parameters import Bundle, Dispatcher, InDatum, Scope, needs
from api.routers.tours import home_of
from api.schemas.geojson import Items
from api.schemas.tours import DueVisit, DueVisits, RuleIn, RulePatch, VisitRule, WishIn
from geo.errors import InvalidInput
from geo.tours.due import add_rule, due_visits, edit_rule, list_rules, remove_rule, remove_wish, set_wish
from geo.tours.hours import today

router = APIRouter(prefix="/api/v1", tags=["tours"])
_PLANS = [Depends(needs("dispatch"))]
_FARTHEST_DAYS = 366


@router.get("/due-visits", dependencies=_PLANS)
def due(
    bundle: Bundle,
    scope: Scope,
    until: Annotated[date | None, Query(description="Due by this day; by Sunday without")] = None,
    limit: Annotated[int, Query(ge=1, le=10_000, description="At most so many")] = 1000,
    datum: InDatum = "wgs84",
) -> DueVisits:
    """Homes to be visited by a day: never visited, or as long ago as their rule allows. Names are masked."""
    now = today()
    until = until or now + timedelta(days=6 - now.weekday())
    if until > now + timedelta(days=_FARTHEST_DAYS):
        raise InvalidInput("That is more than a year away.", where="until")
    found = due_visits(bundle.engine, scope, until, limit=limit)
    items = [DueVisit(**home_of(row, datum)) for row in found]
    return DueVisits(
        items=items, total=found[0]["total"] if found else 0, planned=found[0]["planned"] if found else 0, until=until
    )


@router.get("/visit-rules", dependencies=_PLANS)
def rules(bundle: Bundle, scope: Scope) -> Items[VisitRule]:
    """Rules that hold in the area, with how many homes of it each meets."""
    return Items(items=[VisitRule(**row) for row in list_rules(bundle.engine, scope)], next=None)


@router.post("/visit-rules", status_code=201)
def add(bundle: Bundle, who: Dispatcher, scope: Scope, body: RuleIn) -> VisitRule:
    """Make a rule for the area."""
    made = add_rule(bundle.engine, body.model_dump(), path=scope.lower, who=who.name)
    return VisitRule(**list_rules(bundle.engine, who.scope, made)[0])


@router.patch("/visit-rules/{rule_id}")
def edit(bundle: Bundle, who: Dispatcher, rule_id: int, body: RulePatch) -> VisitRule:
    """Change a rule of one's own area; what is planned stays planned."""
    edit_rule(bundle.engine, rule_id, body.model_dump(exclude_none=True), scope=who.scope, who=who.name)
    return VisitRule(**list_rules(bundle.engine, who.scope, rule_id)[0])


@router.delete("/visit-rules/{rule_id}", status_code=204)
def remove(bundle: Bundle, who: Dispatcher, rule_id: int) -> None:
    """Take a rule of one's own area away."""
    remove_rule(bundle.engine, rule_id, scope=who.scope)


@router.put("/visit-wishes/{unit_id}", status_code=204)
def wish(bundle: Bundle, who: Dispatcher, unit_id: int, body: WishIn) -> None:
    """When a home may be visited."""
    set_wish(bundle.engine, unit_id, body.model_dump(), scope=who.scope, who=who.name)


@router.delete("/visit-wishes/{unit_id}", status_code=204)
def no_wish(bundle: Bundle, who: Dispatcher, unit_id: int) -> None:
    """A home may be visited at any time again."""
    remove_wish(bundle.engine, unit_id, scope=who.scope)
