"""Who signs in."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from geo.accounts.reader import Right, Role


class SessionIn(BaseModel):
    """A name and its password."""

    name: str = Field(max_length=80)
    password: str = Field(max_length=400)


class SessionOut(BaseModel):
    """Who is signed in. `account` is null at the machine itself, where nobody has to sign in."""

    account: str | None
    name: str
    role: Role
    area_id: int | None = Field(description="The area it sees; null for everything")
    worker_id: int | None = Field(description="The grid worker whose account it is")
    rights: list[Right]


AccountRole = Literal["viewer", "planner", "worker", "dispatcher", "admin"]


class AccountIn(BaseModel):
    """Somebody who is to sign in. The password is made here."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=40, description="2 to 40 of a-z, 0-9, dot, hyphen and underscore")
    display_name: str | None = Field(None, max_length=80, description="What stands on record of what they do")
    role: AccountRole
    area: str | None = Field(None, max_length=400, description="Id or path of the area it sees; everything without")
    worker_id: int | None = Field(None, lt=2**63, description="The grid worker, for the role worker")


class AccountChanges(BaseModel):
    """What is to be otherwise."""

    model_config = ConfigDict(extra="forbid")

    disabled: bool | None = None
    new_password: Literal[True] | None = Field(None, description="Make another one; its sessions end")


class AccountOut(BaseModel):
    """An account. `password` is there once, when it has just been made."""

    name: str
    display_name: str
    role: AccountRole
    area: str | None = Field(description="Name of the area it sees; null for everything")
    path: str = Field(description="Path of that area; empty for everything")
    worker_id: int | None
    origin: str
    created_at: datetime
    disabled_at: datetime | None
    is_own: bool = Field(description="Whoever asks is signed in with it")
    password: str | None = None


class SourceIn(BaseModel):
    """A platform or gateway that is to send readings."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=40, description="2 to 40 of a-z, 0-9, dot, hyphen and underscore")


class SourceOut(BaseModel):
    """A source of readings. `key` is there once, when it has just been made."""

    name: str
    created_at: datetime
    disabled_at: datetime | None
    key: str | None = None
