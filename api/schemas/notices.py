"""Channels and notifications. Secrets and whole addresses go in and never come out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

ChannelType = Literal["file", "wecom", "dingtalk", "webhook", "smtp"]
Event = Literal["opened", "dispatched", "escalated", "closed"]
Audience = Literal["duty", "worker", "supervisor", "elder", "relative"]
NoticeState = Literal["waiting", "sending", "sent", "failed", "skipped", "unsure"]

Mailbox = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+$", max_length=200)]
"""Plain addresses only: nothing that could become a header of its own."""

REACHES: dict[ChannelType, frozenset[Audience]] = {
    "file": frozenset({"duty", "worker", "supervisor", "elder", "relative"}),
    "webhook": frozenset({"duty", "worker", "supervisor", "elder", "relative"}),
    "wecom": frozenset({"duty", "worker", "supervisor"}),
    "dingtalk": frozenset({"duty", "worker", "supervisor"}),
    "smtp": frozenset({"duty", "supervisor"}),
}
"""Whom each type can reach: what is for one family is not said to a group."""


class ChannelSettings(BaseModel):
    """The language of the texts; the rest is for e-mail, with the password as the channel's secret."""

    model_config = ConfigDict(extra="forbid", validate_by_name=True, validate_by_alias=True, serialize_by_alias=True)

    language: Literal["zh", "en"] = "zh"
    host: str | None = Field(None, max_length=253, pattern=r"^[A-Za-z0-9.:-]+$")
    port: int | None = Field(None, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] | None = None
    user: str | None = Field(None, max_length=200)
    sender: Mailbox | None = Field(None, alias="from")
    to: dict[Literal["duty", "supervisor"], list[Mailbox]] | None = None


class ChannelIn(BaseModel):
    """A way to tell people. `area` is an id or path; null tells of everything."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=80)
    type: ChannelType
    url: str | None = Field(None, max_length=2000, description="Of robots and webhooks; never answered")
    secret: str | None = Field(None, max_length=500, description="Of webhooks, DingTalk's 加签, mail; never answered")
    settings: ChannelSettings = ChannelSettings()
    events: list[Event] = Field(min_length=1, max_length=4)
    audiences: list[Audience] = Field(min_length=1, max_length=5)
    min_severity: int = Field(1, ge=1, le=4)
    enabled: bool = True
    area: str | int | None = None

    @model_validator(mode="after")
    def _fits_its_type(self) -> Self:
        beyond = sorted(set(self.audiences) - REACHES[self.type])
        if beyond:
            raise ValueError(f"a channel of type {self.type} cannot reach {', '.join(beyond)}")
        if self.type in ("wecom", "dingtalk", "webhook") and not self.url:
            raise ValueError(f"a channel of type {self.type} needs a url")
        if self.type in ("file", "smtp") and self.url:
            raise ValueError(f"a channel of type {self.type} has no url")
        if self.type == "webhook" and len(self.secret or "") < 16:
            raise ValueError("a webhook needs a secret of 16 characters or more: it is signed with it")
        if self.type == "smtp":
            self._fits_mail()
        return self

    def _fits_mail(self) -> None:
        given = self.settings
        if not (given.host and given.port and given.sender and given.to):
            raise ValueError("e-mail needs host, port, from and to in its settings")
        listed = {audience for audience, addresses in given.to.items() if addresses}
        if missing := sorted(set(self.audiences) - listed):
            raise ValueError(f"there are no addresses for {', '.join(missing)}")


class ChannelPatch(BaseModel):
    """What is to be otherwise; what is left out stays. The type stays for good."""

    model_config = ConfigDict(extra="forbid")

    name: str | None = None
    url: str | None = None
    secret: str | None = None
    settings: ChannelSettings | None = None
    events: list[Event] | None = None
    audiences: list[Audience] | None = None
    min_severity: int | None = None
    enabled: bool | None = None
    area: str | int | None = None


class ChannelOut(BaseModel):
    """A channel without its secrets. A robot's address is one: of it, only the host is shown."""

    id: int
    name: str
    type: ChannelType
    host: str | None = Field(description="Where it leads; the rest of the address is not shown")
    has_secret: bool
    settings: ChannelSettings
    events: list[Event]
    audiences: list[Audience]
    min_severity: int
    enabled: bool
    area: str | None = Field(description="Path of the area it tells of; null for everything")
    edited_at: datetime
    edited_by: str


class TrialOut(BaseModel):
    """Whether the other side took a trial message, and if not, why."""

    told: bool
    error: str | None = None


class Notification(BaseModel):
    """One thing told, or to be told, to one person over one channel; about whom, and their phone, stay out."""

    id: int
    at: datetime
    event: Event
    audience: Audience
    channel_id: int
    channel: str
    incident_id: int
    order_id: int | None
    worker_id: int | None
    state: NoticeState
    attempts: int
    next_at: datetime = Field(description="When it is tried next, while it waits")
    sent_at: datetime | None
    error: str | None
