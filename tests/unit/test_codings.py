"""Accept-Encoding."""

from __future__ import annotations

import pytest

from api.codings import coding_for


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        (None, "identity"), ("", "identity"), ("gzip", "gzip"), ("GZip , deflate", "gzip"),
        ("gzip, deflate, br, zstd", "zstd"), ("gzip, br", "br"), ("br;q=0.5, gzip;q=0.8", "gzip"),
        ("zstd;q=0, br;q=0.0, gzip;q=0.001", "gzip"), ("gzip;q=0", "identity"), ("deflate", "identity"),
        ("*", "zstd"), ("*, zstd;q=0", "br"), ("*;q=0", "identity"), ("identity, gzip;q=0.5", "identity"),
        ("identity;q=0.5, gzip;q=0.4", "identity"), ("gzip;q=nan2, br;q=x", "identity"), ("x-gzip", "gzip"),
        (";;,,q=1", "identity"), ("gzip;q=7", "gzip"),
    ],
)  # fmt: skip
def test_the_coding_that_is_wanted_most(accepted: str | None, coding: str) -> None:
    assert coding_for(accepted) == coding
