"""Orders and their steps."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from api.features import line, next_url
from api.links import base_url
from api.parameters import Bundle, Dispatcher, InDatum, Paging, Scope, Who, bound, place
from api.pictures import PICTURE_BODY, picture
from api.schemas.geojson import Items
from api.schemas.live import HandOverIn, Order, OrderState, OrderStepIn, RateIn
from api.schemas.nearest import Eta
from api.services import Services
from geo.accounts.reader import Reader
from geo.database.sql import query
from geo.datum import Datum, convert
from geo.errors import NotAllowed
from geo.live.dispatch import Step, hand_over, move_order, rate, read_order
from geo.live.nearest import Preferences, nearest_workers
from geo.live.photos import add_photo, read_photo
from geo.live.place import place_of
from geo.scope import AreaScope

router = APIRouter(prefix="/api/v1", tags=["orders"])

_BY_WORKER: tuple[Step, ...] = ("accept", "arrive", "handle", "return")


@router.get("/orders")
def orders(
    request: Request,
    bundle: Bundle,
    scope: Scope,
    page: Paging,
    datum: InDatum = "wgs84",
    worker: Annotated[int | None, Query(description="Of one worker", lt=2**63)] = None,
    incident: Annotated[int | None, Query(description="Of one incident", lt=2**63)] = None,
    state: Annotated[OrderState | None, Query(description="In one state")] = None,
    open: Annotated[bool, Query(description="Only those not at an end")] = False,  # noqa: A002 — the parameter's name
) -> Items[Order]:
    """Orders with their places and steps."""
    parameters = bound(scope, page, worker=worker, incident=incident, state=state, only_open=open)
    with bundle.engine.connect() as connection:
        rows = connection.execute(query("orders/list"), parameters).all()
    following = next_url(request, base_url(request, bundle), page, rows)
    return Items(items=[_in_datum(Order(**row._mapping), datum) for row in rows], next=following)  # noqa: SLF001


@router.get("/orders/{order_id}")
def order(bundle: Bundle, who: Who, order_id: int, datum: InDatum = "wgs84") -> Order:
    """One order."""
    with bundle.engine.connect() as connection:
        return _in_datum(Order(**read_order(connection, order_id, scope=who.scope)), datum)


@router.get("/orders/{order_id}/eta")
def eta(bundle: Bundle, who: Who, order_id: int, datum: InDatum = "wgs84") -> Eta:
    """How far its worker still has to go, from where their phone last was; asked again whenever they have moved."""
    order = _order(bundle, who, order_id)
    if order.worker_id is None or order.state not in ("dispatched", "accepted"):
        return Eta(order_id=order_id, worker_id=order.worker_id, seconds=None, code="nobody_on_the_way")
    found = nearest_workers(
        bundle.roster,
        place_of(bundle.engine, scope=who.scope, incident_id=order.incident_id),
        k=1,
        scope=AreaScope.everything(),
        preferences=Preferences(fresh_s=bundle.settings.position_fresh_s),
        only=order.worker_id,
    )
    if not found.workers:
        return Eta(order_id=order_id, worker_id=order.worker_id, seconds=None, code=found.code)
    one = found.workers[0]
    return Eta(
        order_id=order_id,
        worker_id=order.worker_id,
        seconds=round(one.seconds, 1),
        length_m=round(one.way.length_m, 1),
        climb_s=one.climb_s,
        profile=one.profile,
        stands=one.stands,
        last_seen_s=one.last_seen_s,
        way=line(one.way.coordinates, datum),
    )


@router.post("/orders/{order_id}/hand-over")
def hand(bundle: Bundle, who: Who, order_id: int, body: HandOverIn) -> Order:
    """Give it to another worker: its worker does, or a dispatcher."""
    before = _order(bundle, who, order_id)
    if not who.may_act_for(before.worker_id):
        raise NotAllowed("This order is not yours to hand over.", hint="Its worker or a dispatcher does it.")
    reason = body.reason.model_dump(exclude_none=True) if body.reason else None
    hand_over(bundle.engine, order_id, to_worker=body.worker_id, scope=who.scope, who=who.name,
              note=body.note, reason=reason)  # fmt: skip
    return _order(bundle, who, order_id)


@router.post("/orders/{order_id}/rate")
def rating(bundle: Bundle, who: Dispatcher, order_id: int, body: RateIn) -> Order:
    """How well it was done, said by who supervises."""
    rate(bundle.engine, order_id, rating=body.rating, scope=who.scope, who=who.name, note=body.note)
    return _order(bundle, who, order_id)


@router.post("/orders/{order_id}/photos", status_code=201, openapi_extra=PICTURE_BODY)
async def photo(request: Request, bundle: Bundle, who: Who, order_id: int) -> Order:
    """Add a photograph: the body is the picture itself (JPEG, PNG, WebP). The same one twice is one."""
    content = await picture(request)

    def keep() -> Order:
        before = _order(bundle, who, order_id)
        if not who.may_act_for(before.worker_id):
            raise NotAllowed("This order is not yours.", hint="Its worker or a dispatcher adds photographs.")
        with bundle.engine.begin() as connection:
            add_photo(connection, content, incident_id=before.incident_id, order_id=order_id, who=who.name)
        return _order(bundle, who, order_id)

    return await run_in_threadpool(keep)


@router.get("/photos/{photo_id}", response_class=Response, responses={200: {"content": {"image/jpeg": {}}}})
def picture_of(bundle: Bundle, who: Who, photo_id: int) -> Response:
    """A photograph."""
    with bundle.engine.connect() as connection:
        content = read_photo(connection, photo_id, scope=who.scope)
    return Response(content, media_type="image/jpeg", headers={"Cache-Control": "private, max-age=86400"})


@router.post("/orders/{order_id}/{step}")
def move(bundle: Bundle, who: Who, order_id: int, step: Step, body: OrderStepIn) -> Order:
    """One step of an order. A step already made is answered as made; one that does not follow is 409."""
    lon = lat = None
    if body.lon is not None and body.lat is not None:
        lon, lat = place(body.lon, body.lat, body.datum)
    with bundle.engine.connect() as connection:
        before = Order(**read_order(connection, order_id, scope=who.scope))
    if not (who.may_act_for(before.worker_id) if step in _BY_WORKER else who.may("dispatch")):
        raise NotAllowed("This step of this order is not yours to do.", hint="Its worker or a dispatcher does it.")
    name = _on_record(who, before, step)
    move_order(bundle.engine, order_id, step, scope=who.scope, who=name, note=body.note, lon=lon, lat=lat,
               away_until=body.away_until)  # fmt: skip
    with bundle.engine.connect() as connection:
        return Order(**read_order(connection, order_id, scope=who.scope))


def _order(bundle: Services, who: Reader, order_id: int) -> Order:
    with bundle.engine.connect() as connection:
        return Order(**read_order(connection, order_id, scope=who.scope))


def _on_record(who: Reader, order: Order, step: Step) -> str:
    """Whoever is signed in; at this machine, where nobody is, the worker for what workers do."""
    if who.account is None and step in _BY_WORKER and order.worker_id is not None:
        return f"worker {order.worker_id}"
    return who.name


def _in_datum(found: Order, datum: Datum) -> Order:
    lon, lat = convert(found.lon, found.lat, source="wgs84", target=datum)
    return found.model_copy(update={"lon": float(lon), "lat": float(lat)})
