"""The ways to tell people: a trial file, group robots, webhooks (text messages hang there), e-mail.

Each module has `send(notice, text, …)`, which returns once the other side has said that it took the message, and raises
`NotTold` or `PerhapsTold` otherwise.
"""

from __future__ import annotations

from api.channels import file, mail, robots, texts, webhook
from api.channels.addresses import Reach
from geo.live.outbox import Notice, Tell
from geo.settings import Settings

FILE_NAME = "notifications.jsonl"


def teller(settings: Settings) -> Tell:
    """What sends one notice over its channel, its text made at that moment."""
    reach = Reach(private=settings.private_channels)
    path = settings.home / FILE_NAME

    def tell(notice: Notice) -> None:
        text = texts.text_of(notice, settings.public_url)
        if notice.type == "file":
            file.append(path, notice, text)
        elif notice.type == "smtp":
            mail.send(notice, text, reach)
        elif notice.type == "webhook":
            webhook.send(notice, text, reach)
        else:
            robots.send(notice, text, reach)

    return tell
