"""Rules: what makes a kind of device red."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from api.parameters import AdministratorOfAll, Bundle, Dispatcher, Scope, Who, bound
from api.schemas.geojson import Items
from api.schemas.rules import AwayIn, Override, OverrideIn, Rule, RuleChanges, RuleIn
from api.services import Services
from geo.database.sql import query
from geo.errors import InvalidInput, NotFound
from geo.live import rules as domain
from geo.scope import AreaScope

router = APIRouter(prefix="/api/v1", tags=["rules"])

# These may be taken away again; all others keep a value.
_OPTIONAL = {"metric", "increment_metric", "comparison", "threshold", "threshold_high", "recovery", "counter_max",
             "window_s", "interval_s", "quiet_from", "quiet_to", "dispatch_after_s", "basis"}  # fmt: skip


@router.get("/rules")
def rules(bundle: Bundle, _: Who, scope: Scope) -> Items[Rule]:
    """All rules, with overrides, and how often each fired and was called false in thirty days."""
    return Items(items=[Rule(**row) for row in domain.list_rules(bundle.engine, scope=scope)])


@router.post("/rules", status_code=201)
def add(bundle: Bundle, who: AdministratorOfAll, body: RuleIn) -> Rule:
    """A new rule for a kind of device."""
    return _one(bundle, domain.add_rule(bundle.engine, body.model_dump(), who=who.name))


@router.patch("/rules/{rule_id}")
def edit(bundle: Bundle, who: AdministratorOfAll, rule_id: int, body: RuleChanges) -> Rule:
    """Change fields of a rule. What was edited is never overwritten by the catalogue."""
    changes: dict[str, Any] = body.model_dump(exclude_unset=True)
    for name, value in changes.items():
        if value is None and name not in _OPTIONAL:
            raise InvalidInput(f"{name} cannot be empty.", where=name)
    domain.edit_rule(bundle.engine, rule_id, changes, who=who.name)
    return _one(bundle, rule_id)


@router.delete("/rules/{rule_id}", status_code=204)
def remove(bundle: Bundle, _: AdministratorOfAll, rule_id: int) -> None:
    """Take away a rule that never fired; another one is switched off."""
    domain.remove_rule(bundle.engine, rule_id)


@router.post("/rules/{rule_id}/overrides", status_code=201)
def override(bundle: Bundle, who: AdministratorOfAll, rule_id: int, body: OverrideIn) -> Override:
    """What differs for a device, or where somebody with a tag lives; replaces what stood for the same."""
    made = domain.set_override(bundle.engine, rule_id, _plain(body), scope=who.scope, who=who.name)
    return next(found for found in _one(bundle, rule_id).overrides if found.id == made)


@router.delete("/rules/{rule_id}/overrides/{override_id}", status_code=204)
def remove_override(bundle: Bundle, _: AdministratorOfAll, rule_id: int, override_id: int) -> None:
    """The rule again as it is."""
    domain.remove_override(bundle.engine, rule_id, override_id)


@router.put("/units/{unit_id}/away", status_code=204)
def away(bundle: Bundle, who: Dispatcher, unit_id: int, body: AwayIn) -> None:
    """A household is away, or back: rules that mind absence stay quiet until then."""
    with bundle.engine.begin() as connection:
        parameters = bound(who.scope, unit=unit_id, until=body.until, who=who.name, note=body.note)
        if body.until is None:
            connection.execute(query("rules/come_back"), bound(who.scope, unit=unit_id))
        elif connection.execute(query("rules/set_away"), parameters).first() is None:
            raise NotFound(f"There is no unit {unit_id}.")


def _plain(body: OverrideIn) -> dict[str, Any]:
    values = body.model_dump()
    values["device"] = values.pop("device_id")
    return values


def _one(bundle: Services, rule_id: int) -> Rule:
    return Rule(**domain.list_rules(bundle.engine, scope=AreaScope.everything(), rule_id=rule_id)[0])
