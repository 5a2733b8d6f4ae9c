"""What the address of a tile may say: which layers, which tile, and the parameters behind the question mark."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Annotated, Literal
from urllib.parse import parse_qsl

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api.circle import local_time
from geo.errors import InvalidInput, NotFound
from geo.network.profiles import Profile
from geo.scope import AreaScope
from tiles.address import TileAddress
from tiles.cache import TileKey
from tiles.layers import Layer, pick

MAX_LAYERS = 12

_PATH = re.compile(r"/tiles/([^/]*)/([^/]*)/([^/]*)/([^/]*)\.mvt", re.DOTALL)
_NUMBER = re.compile(r"[+-]?[0-9]{1,30}")

# PostgreSQL stores no NUL, and no code or area is that long.
Text = Annotated[str, Field(max_length=1000, pattern=r"^[^\x00]*$")]


class TileParameters(BaseModel):
    """The parameters of a tile's address; one that is none of these is refused, so that a typo is not all there is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Text | None = Field(None, description="`device`, `device_status`: one kind only")
    category: Text | None = Field(None, description="`facility`: one category only; `coverage`: to which")
    minutes: float | None = Field(None, description="`coverage`: the threshold", gt=0, le=120)
    profile: Profile | None = Field(None, description="`coverage`: who walks")
    by: Literal["building", "hex", "street"] | None = Field(
        None, description="`coverage`: by building, hexagon or street"
    )
    at: Text | None = Field(None, description="`coverage`: only what is open then, local time")
    scenario: int | None = Field(None, description="`coverage`: as a scenario would have it", ge=1, lt=2**63)
    rev: int | None = Field(
        None, description="`coverage`: the scenario's revision, so that addresses differ", ge=0, lt=2**63
    )
    compare: bool = Field(False, description="`coverage`: `before` and `change` beside the scenario's minutes")
    filter: Annotated[str, Field(max_length=8000, pattern=r"^[^\x00]*$")] | None = Field(
        None, description="Of one stored layer only what fits this CQL2"
    )
    filter_lang: Literal["cql2-text", "cql2-json"] = Field(
        "cql2-text", alias="filter-lang", description="How `filter` is written"
    )
    area: Text | None = Field(
        None, description="Id or path of an area; without it all real data, or the sample where there is nothing else"
    )

    def options(self) -> dict[str, str]:
        """What the layers heed, as text; those not given stay out. All ways to write the same are one."""
        moment = local_time(self.at)
        given = {"kind": self.kind, "category": self.category, "profile": self.profile, "by": self.by,
                 "at": moment.isoformat() if moment else None, "compare": "1" if self.compare else None}  # fmt: skip
        return {name: value for name, value in given.items() if value is not None}


@dataclass(frozen=True, eq=False, slots=True)
class AskedTile:
    """A tile as its address asks for it; who asks, and what they may see, is not in it.

    `keys` are those that it had so far, by area scope.
    """

    layers: tuple[Layer, ...]
    address: TileAddress
    options: dict[str, str]
    area: str | None
    scenario: int | None
    filter: str | None
    filter_lang: Literal["cql2-text", "cql2-json"]
    is_public: bool
    lives: bool
    keys: dict[AreaScope, TileKey] = field(default_factory=dict)


def is_a_tile(path: str) -> bool:
    """Whether a path is that of a tile, though it may be one that cannot be."""
    return path.startswith("/tiles/") and _PATH.fullmatch(path) is not None


@lru_cache(16_384)
def asked_tile(path: str, query_string: bytes) -> AskedTile:
    """What an address asks for. Remembered: reading it takes longer than finding the tile.

    Raises
    ------
    InvalidInput, NotFound
        When there can be no such tile, there is no such layer, or a parameter is not known or wrong.
    """
    found = _PATH.fullmatch(path)
    if found is None:
        raise NotFound(f"There is nothing at {path[:80]}.")
    names, *numbers = found.groups()
    address = TileAddress(*(_number(name, text) for name, text in zip("zxy", numbers, strict=True)))
    parameters = tile_parameters(query_string)
    options = parameters.options()
    layers = tuple(pick(names))
    if len(layers) > MAX_LAYERS:
        raise InvalidInput(f"{len(layers)} layers in one tile.", where="layers", hint=f"At most {MAX_LAYERS}.")
    return AskedTile(
        layers,
        address,
        options,
        parameters.area,
        parameters.scenario,
        parameters.filter,
        parameters.filter_lang,
        all(layer.is_public for layer in layers),
        any(layer.lives for layer in layers),
    )


def tile_parameters(query_string: bytes) -> TileParameters:
    """The parameters of a tile's address.

    Raises
    ------
    InvalidInput
        With the parameter at fault.
    """
    given = dict(parse_qsl(query_string.decode("latin-1"), keep_blank_values=True, errors="replace"))
    try:
        return TileParameters.model_validate(given)
    except ValidationError as error:
        fault = error.errors()[0]
        where = ".".join(str(part) for part in fault["loc"])
        if fault["type"] == "extra_forbidden":
            known = (field.alias or name for name, field in TileParameters.model_fields.items())
            raise InvalidInput(
                f"There is no parameter {where[:40]!r}.",
                where=where[:40],
                hint=f"The parameters are {', '.join(known)}.",
            ) from None
        raise InvalidInput(f"{fault['msg']}.", where=where) from None


def _number(name: str, text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise InvalidInput(f"{text[:40]!r} is no whole number.", where=name)
    return int(text)
