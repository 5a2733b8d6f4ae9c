"""The words of a notice, made when it is sent, from `texts.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

from geo.live.outbox import Notice, NotTold

TRIAL = "trial"
"""The event of a message that only tries a channel."""


def text_of(notice: Notice, public_url: str | None) -> str:
    """What is read. Orders lead to `/work` when it is known under which address people reach Yike.

    Raises
    ------
    NotTold
        When nothing is written for this event and audience.
    """
    words = _words(notice)
    if notice.event == TRIAL:
        return str(words[TRIAL])
    template = words.get(notice.event, {}).get(notice.audience)
    if template is None:
        raise NotTold(f"There is no text for {notice.event} to {notice.audience}.")
    return _filled(template, notice, public_url)


def subject_of(notice: Notice) -> str:
    """The subject of an e-mail."""
    return _filled(_words(notice)["subject"], notice, None)


def _words(notice: Notice) -> dict[str, Any]:
    catalogue = _catalogue()
    return catalogue.get(notice.settings.get("language", "zh"), catalogue["zh"])


def _filled(template: str, notice: Notice, public_url: str | None) -> str:
    words = _words(notice)
    english = words is _catalogue()["en"]
    title = notice.title_en if english else notice.title
    place = notice.place_en if english else notice.place
    filled = template.format(
        severity=words["severity"][(notice.severity or 1) - 1],
        title=title or words["unnamed"],
        place=place or "-",
        incident=notice.incident_id,
        order=notice.order_id,
        link=f"{public_url}/work" if public_url else "",
    )
    return filled.strip()


@cache
def _catalogue() -> dict[str, dict[str, Any]]:
    return tomllib.loads((resources.files("api.channels") / "texts.toml").read_text(encoding="utf-8"))
