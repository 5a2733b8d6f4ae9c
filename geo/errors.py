"""One flat tree of errors. `api.problems` maps each to an HTTP status by one table."""

from __future__ import annotations

from typing import Any


class YikeError(Exception):
    """Something a person can act on.

    Parameters
    ----------
    message : str
        What was wrong, in one sentence a person understands.
    hint : str, optional
        What would be right, or what to do now.
    where : str, optional
        The parameter, column, file position or setting at fault.
    details : Any
        Machine-readable extras (the order that already stands, for instance).
    """

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        where: str | None = None,
        **details: Any,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.where = where
        self.details = details

    def __str__(self) -> str:
        text = f"{self.where}: {self.message}" if self.where else self.message
        return f"{text} {self.hint}" if self.hint else text


class SettingsError(YikeError):
    """A setting has a value that cannot be used."""


class EnvironmentMissing(YikeError):
    """A program, extension or right this machine or server lacks."""


class DatabaseUnavailable(YikeError):
    """The database does not answer; the same request may succeed later."""


class NotSignedIn(YikeError):
    """Nobody is signed in, or the password is wrong."""


class NotAllowed(YikeError):
    """Whoever asks may not do this."""


class TooMany(YikeError):
    """More attempts than are taken in this time."""


class NotFound(YikeError):
    """There is no such thing (or it lies outside the reader's area)."""


class InvalidInput(YikeError):
    """The request or the file says something that cannot be."""


class Conflict(YikeError):
    """The present state does not allow this."""


class ImportFailed(YikeError):
    """A file could not be taken in; what was there before is untouched."""
