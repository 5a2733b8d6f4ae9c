"""Passwords (argon2id, RFC 9106) and random keys."""

from __future__ import annotations

import hashlib
import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from geo.errors import InvalidInput

SHORTEST = 10
LONGEST = 200
# No letters or figures that are mistaken for one another when read from a screen.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_hasher = PasswordHasher()


@cache
def _nobodys() -> str:
    """A hash that no password has."""
    return _hasher.hash(secrets.token_urlsafe(16))


def hash_password(password: str) -> str:
    """The hash to keep.

    Raises
    ------
    InvalidInput
        When it is shorter than 10 or longer than 200 characters.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise InvalidInput(
            f"A password of {len(password)} characters.", where="password", hint=f"From {SHORTEST} to {LONGEST}."
        )
    return _hasher.hash(password)


def verify_password(password: str, kept: str | None) -> bool:
    """Whether it is the one. Takes as long where there is no account: its name must not be told by the time."""
    try:
        return _hasher.verify(kept or _nobodys(), password[:LONGEST]) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def wants_rehash(kept: str) -> bool:
    """Whether a hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(kept)


def new_password() -> str:
    """Twelve random characters in three groups (59 bits), easy to read aloud and to type."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(3))


def new_token() -> str:
    """A random token (256 bits) for a session or a source."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> bytes:
    """What is kept of a token, 32 bytes. A plain digest is enough: nobody guesses 256 random bits."""
    return hashlib.sha256(token.encode()).digest()
