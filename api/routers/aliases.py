"""Old and second names of places, by which they are found too."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.parameters import Bundle, Paging, Scope, bound, needs
from api.schemas.finder import Alias, AliasIn, Named
from api.schemas.geojson import Items
from geo.accounts.reader import Reader
from geo.database.sql import query
from geo.errors import InvalidInput, NotFound

router = APIRouter(prefix="/api/v1", tags=["search"])
Editor = Annotated[Reader, Depends(needs("plan", "dispatch"))]


@router.get("/aliases")
def aliases(
    bundle: Bundle,
    scope: Scope,
    page: Paging,
    kind: Annotated[Named | None, Query(description="Of one kind only")] = None,
    ref_id: Annotated[int | None, Query(ge=0, lt=2**62, description="Of one thing only")] = None,
) -> Items[Alias]:
    """Other names, in the order they were given; the last id goes into `after` for the next page."""
    with bundle.engine.connect() as connection:
        rows = connection.execute(query("finder/aliases"), bound(scope, page, kind=kind, ref_id=ref_id)).mappings()
        return Items(items=[Alias(**row) for row in rows])


@router.post("/aliases", status_code=201)
def add(bundle: Bundle, who: Editor, body: AliasIn) -> Alias:
    """Give a place another name. The same twice is one."""
    name = body.name.replace("\x00", "").strip()
    if not name:
        raise InvalidInput("A name has at least one letter.", where="name")
    parameters = bound(who.scope, kind=body.kind, ref_id=min(body.ref_id, 2**62), name=name)
    with bundle.engine.begin() as connection:
        added = connection.execute(query("finder/add_alias"), parameters).scalar_one_or_none()
    if added is None:
        raise NotFound(f"There is no {body.kind} {body.ref_id}.", where="ref_id")
    return Alias(id=added, kind=body.kind, ref_id=body.ref_id, name=name)


@router.delete("/aliases/{alias_id}", status_code=204)
def drop(bundle: Bundle, who: Editor, alias_id: int) -> None:
    """Take another name away."""
    with bundle.engine.begin() as connection:
        dropped = connection.execute(
            query("finder/drop_alias"), bound(who.scope, id=min(alias_id, 2**62))
        ).one_or_none()
    if dropped is None:
        raise NotFound(f"There is no other name {alias_id}.")
