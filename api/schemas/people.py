"""Who signs in."""

from __future__ import annotations

from pydantic import BaseModel, Field

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
