"""E-mail to the lists of a channel. The Message-ID is the same for every attempt, so that servers know a repeat."""

from __future__ import annotations

import contextlib
import logging
import smtplib
import socket
import ssl
from email.message import EmailMessage
from email.utils import format_datetime

from api.channels.addresses import Reach
from api.channels.texts import TRIAL, subject_of
from geo.live.outbox import Notice, NotTold

log = logging.getLogger("yike.outbox")

_EACH_S = 5.0


def send(notice: Notice, text: str, reach: Reach) -> None:
    """Send it to the list of its audience, the others' addresses unseen."""
    settings = notice.settings
    lists: dict[str, list[str]] = settings.get("to", {})
    wanted = list(lists) if notice.event == TRIAL else [notice.audience]
    recipients = sorted({address for audience in wanted for address in lists.get(audience, [])})
    if not recipients:
        raise NotTold(f"The channel has no addresses for {notice.audience}.")
    host, port, security = str(settings["host"]), int(settings["port"]), settings.get("security", "starttls")
    address = reach.resolve(host, port)
    try:
        server = _connect(host, port, address, security)
        try:
            if settings.get("user"):
                server.login(str(settings["user"]), notice.secret or "")
            refused = server.send_message(_message(notice, text), str(settings["from"]), recipients)
        finally:
            # The message was taken or not by now: how the farewell goes changes nothing.
            with contextlib.suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()
    except smtplib.SMTPResponseException as error:
        # What a server says may hold addresses; its number does not.
        raise NotTold(f"The mail server answered {error.smtp_code}.") from None
    except smtplib.SMTPRecipientsRefused:
        raise NotTold("The mail server took none of the addresses.") from None
    except (smtplib.SMTPException, OSError) as error:
        raise NotTold(f"The mail server could not be used ({type(error).__name__}).") from None
    if refused:
        # Sending again would tell the others twice.
        log.warning("notice %d over channel %r: %d addresses were refused", notice.id, notice.channel, len(refused))


def _message(notice: Notice, text: str) -> EmailMessage:
    sender = str(notice.settings["from"])
    message = EmailMessage()
    message["From"] = sender
    message["To"] = sender
    message["Subject"] = subject_of(notice)
    message["Date"] = format_datetime(notice.at)
    message["Message-ID"] = f"<{notice.key}@{sender.rpartition('@')[2] or 'yike'}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message


def _connect(host: str, port: int, address: str, security: str) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if security == "tls":
        return _PinnedTls(address, host, port, context)
    server = _Pinned(address, host, port)
    if security == "starttls":
        try:
            server.starttls(context=context)
        except BaseException:
            server.close()
            raise
    return server


class _Pinned(smtplib.SMTP):
    """Connects to an address that was checked; the certificate is checked against the name."""

    def __init__(self, address: str, host: str, port: int) -> None:
        self._address = address
        super().__init__(host, port, local_hostname="yike", timeout=_EACH_S)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:  # noqa: ARG002
        return socket.create_connection((self._address, port), timeout)


class _PinnedTls(smtplib.SMTP_SSL):
    """The same, encrypted from the start."""

    def __init__(self, address: str, host: str, port: int, context: ssl.SSLContext) -> None:
        self._address, self._checks = address, context
        super().__init__(host, port, local_hostname="yike", timeout=_EACH_S, context=context)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return self._checks.wrap_socket(socket.create_connection((self._address, port), timeout), server_hostname=host)
