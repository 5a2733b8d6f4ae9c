"""What if: scenarios, their comparison with today, and where more would help most."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Depends, Query, Request, Response

from api.circle import LONGEST_MIN, edits_of, local_time
from api.links import base_url
from api.parameters import Bundle, Scope, Who, needs
from api.schemas.access import CoverageSummary
from api.schemas.circle import Chosen, ComparisonOut, PeopleOut, ScenarioIn, ScenarioOut, SitingIn, SitingOut
from api.schemas.geojson import Items
from api.services import Services
from geo.access import scenarios as kept
from geo.access import siting
from geo.access.candidates import candidates
from geo.access.coverage import Coverage, total
from geo.access.scenario import Edits, compare, read_edits
from geo.accounts.reader import Reader
from geo.datum import convert
from geo.errors import InvalidInput, NotFound
from geo.network.catchment import catchments
from geo.network.profiles import Profile
from geo.network.snap import snap

router = APIRouter(prefix="/api/v1", tags=["scenarios"])

Planner = Annotated[Reader, Depends(needs("plan"))]


@router.post("/scenarios", status_code=201)
def add(request: Request, bundle: Bundle, who: Planner, body: ScenarioIn) -> ScenarioOut:
    """Keep a scenario; without a name it is a draft."""
    made = kept.add_scenario(bundle.engine, _edits(body), name=body.name, who=who.name, scope=who.scope)
    return _out(request, bundle, kept.find_scenario(bundle.engine, made, scope=who.scope))


@router.get("/scenarios")
def named(request: Request, bundle: Bundle, who: Who) -> Items[ScenarioOut]:
    """All that have a name, the newest first."""
    return Items(items=[_out(request, bundle, one) for one in kept.list_scenarios(bundle.engine, scope=who.scope)])


@router.get("/scenarios/{scenario_id}")
def one(request: Request, bundle: Bundle, who: Who, scenario_id: int) -> ScenarioOut:
    """A scenario with its edits (WGS 84)."""
    return _out(request, bundle, kept.find_scenario(bundle.engine, scenario_id, scope=who.scope))


@router.put("/scenarios/{scenario_id}")
def replace(request: Request, bundle: Bundle, who: Planner, scenario_id: int, body: ScenarioIn) -> ScenarioOut:
    """Other edits in the place of those there are. A name makes a draft one to keep."""
    kept.replace_scenario(bundle.engine, scenario_id, _edits(body), name=body.name, scope=who.scope)
    return _out(request, bundle, kept.find_scenario(bundle.engine, scenario_id, scope=who.scope))


@router.delete("/scenarios/{scenario_id}", status_code=204)
def remove(bundle: Bundle, who: Planner, scenario_id: int) -> Response:
    """Forget a scenario."""
    kept.remove_scenario(bundle.engine, scenario_id, scope=who.scope)
    return Response(status_code=204)


@router.get("/scenarios/{scenario_id}/comparison")
def comparison(
    bundle: Bundle,
    who: Who,
    scope: Scope,
    scenario_id: int,
    category: Annotated[str, Query(description="A code of /api/v1/facility-categories")],
    minutes: Annotated[float, Query(gt=0, le=LONGEST_MIN)] = 15.0,
    profile: Profile = "walk",
    at: Annotated[str | None, Query(description="Local time: 2026-11-22T19:00")] = None,
) -> ComparisonOut:
    """The scenario beside today: who gains a way within the threshold, and who loses it."""
    edits = edits_of(bundle, who, scenario_id)
    after = bundle.coverages.coverage(category, profile, at=local_time(at), edits=edits)
    chosen = after.homes.within(scope)
    try:
        before = bundle.coverages.coverage(category, profile, at=local_time(at))
    except NotFound:
        # Nothing of the kind today: all who are reached are won.
        before = None
    return _compared(before, after, chosen, minutes)


@router.post("/siting")
def site(bundle: Bundle, who: Planner, scope: Scope, body: SitingIn) -> SitingOut:
    """Where k more of a category would help most, by streets and people."""
    edits = edits_of(bundle, who, body.scenario)
    try:
        today = bundle.coverages.coverage(body.category, body.profile, edits=edits)
        doors, minutes = today.doors, today.minutes
    except NotFound as error:
        if error.where != "category" or error.hint is None:
            raise
        # A category nobody has yet: everybody is to be reached.
        doors = bundle.coverages.doors(body.profile)
        minutes = np.full(len(doors.homes), np.inf)
    homes = doors.homes
    chosen = homes.within(scope)
    lon, lat = _places(body, doors, chosen)
    places = snap(doors.network, lon, lat, limit_m=bundle.settings.snap_limit_m)
    limit_s = body.minutes * 60.0
    pairs = catchments(doors.network, doors.ends, homes.entrance_of, len(homes), places, limit_s=limit_s)
    weight = np.where(chosen, getattr(homes, body.weight), 0).astype(float)
    if weight.sum() == 0:
        raise InvalidInput("Nobody lives in this area.", where="area", hint="Choose a larger one, or another weight.")
    if body.method == "p_median":
        found = siting.least_walked(pairs, weight, minutes * 60.0, body.k, beyond_s=limit_s)
    else:
        exact = body.method == "exact"
        found = siting.most_covered(pairs, weight, minutes <= body.minutes, body.k, exact=exact)
    out_lon, out_lat = convert(lon, lat, source="wgs84", target=body.datum)
    return SitingOut(
        method=found.method,
        chosen=[
            Chosen(lon=float(out_lon[row]), lat=float(out_lat[row]), gain=round(gain, 2))
            for row, gain in zip(found.chosen, found.gain, strict=True)
        ],
        candidates=len(lon),
        unconnected_candidates=int((~places.joined).sum()),
        before=round(found.before, 2),
        after=round(found.after, 2),
        bound=round(found.bound, 2),
        is_optimal=found.is_optimal,
    )


def _places(body: SitingIn, doors: Any, chosen: Any) -> Any:
    if isinstance(body.candidates, str):
        return candidates(doors, chosen, body.candidates)
    if not 0 < len(body.candidates) <= 2000:
        raise InvalidInput("Between one and 2000 candidate places.", where="candidates")
    lon, lat = np.array(body.candidates, float).T
    return convert(lon, lat, source=body.datum, target="wgs84")


def _edits(body: ScenarioIn) -> Edits:
    rows = [edit.model_dump(exclude_none=True) for edit in body.edits]
    for row in rows:
        if "lon" in row:
            lon, lat = convert([row["lon"]], [row["lat"]], source=body.datum, target="wgs84")
            row["lon"], row["lat"] = float(lon[0]), float(lat[0])
    return read_edits(rows)


def _out(request: Request, bundle: Services, found: kept.StoredScenario) -> ScenarioOut:
    return ScenarioOut.model_validate(
        {
            **asdict(found),
            "edits": [edit.as_json() for edit in found.edits],
            "share_url": f"{base_url(request, bundle)}/plan?scenario={found.id}",
        }
    )


def _compared(before: Coverage | None, after: Coverage, chosen: Any, minutes: float) -> ComparisonOut:
    summary = CoverageSummary(**asdict(total(after, chosen, minutes)))
    if before is None:
        nothing = PeopleOut(residents=0, residents_60=0, residents_alone=0, buildings=0)
        near = chosen & (after.minutes <= minutes)
        won = PeopleOut(
            residents=summary.covered, residents_60=summary.covered_60, residents_alone=summary.covered_alone,
            buildings=int(near.sum()),
        )  # fmt: skip
        return ComparisonOut(before=None, after=summary, won=won, lost=nothing, nearer=won, farther=nothing)
    found = compare(before, after, chosen, minutes)
    return ComparisonOut(
        before=CoverageSummary(**asdict(total(before, chosen, minutes))),
        after=summary,
        won=PeopleOut(**asdict(found.won)),
        lost=PeopleOut(**asdict(found.lost)),
        nearer=PeopleOut(**asdict(found.nearer)),
        farther=PeopleOut(**asdict(found.farther)),
    )
