"""Errors as RFC 9457 problem details: what was wrong, where, what would be right; never a trace or SQL."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from psycopg2 import errorcodes
from pydantic import BaseModel
from sqlalchemy.exc import DataError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from geo.errors import (
    Conflict,
    DatabaseUnavailable,
    EnvironmentMissing,
    ImportFailed,
    InvalidInput,
    NotAllowed,
    NotFound,
    NotSignedIn,
    SettingsError,
    TooMany,
    YikeError,
)

log = logging.getLogger("yike.api")
_NUL = "NUL (0x00)"
_OUT_OF_RANGE = {
    errorcodes.NUMERIC_VALUE_OUT_OF_RANGE: "A number in the request is larger than any here.",
    errorcodes.DATETIME_FIELD_OVERFLOW: "A time in the request is beyond any here.",
    errorcodes.INVALID_TIME_ZONE_DISPLACEMENT_VALUE: "A time in the request is of a zone that does not exist.",
}

STATUS: dict[type[YikeError], HTTPStatus] = {
    InvalidInput: HTTPStatus.BAD_REQUEST,
    NotSignedIn: HTTPStatus.UNAUTHORIZED,
    NotAllowed: HTTPStatus.FORBIDDEN,
    TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    DatabaseUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    ImportFailed: HTTPStatus.UNPROCESSABLE_ENTITY,
    EnvironmentMissing: HTTPStatus.INTERNAL_SERVER_ERROR,
    SettingsError: HTTPStatus.INTERNAL_SERVER_ERROR,
}


class Problem(BaseModel):
    """RFC 9457. `where` names the parameter or field, `hint` what would be right."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    where: str | None = None
    hint: str | None = None


def problem(status: int, detail: str, **extra: Any) -> Response:
    """A problem response; extras that are None stay out."""
    phrase = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else "Error"
    body = {"type": "about:blank", "title": phrase, "status": status, "detail": detail}
    body |= {key: value for key, value in extra.items() if value is not None}
    headers = {"Cache-Control": "no-store"}
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = "2"
    if (wait_s := extra.get("retry_after_s")) is not None:
        headers["Retry-After"] = str(wait_s)
    return Response(orjson.dumps(body), status, headers, media_type="application/problem+json")


def install(app: FastAPI) -> None:
    """Answer every error of the app as a problem."""
    app.add_exception_handler(YikeError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(PoolTimeout, _busy)
    app.add_exception_handler(DataError, _out_of_range)
    app.add_exception_handler(ValueError, _nul)
    app.add_middleware(Unexpected)


def answer(error: YikeError) -> Response:
    """One of our errors as a problem."""
    status = next(code for kind, code in STATUS.items() if isinstance(error, kind))
    return problem(status, error.message, where=error.where, hint=error.hint, **error.details)


def _ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, YikeError)  # noqa: S101 — for the type checker; Starlette dispatches by type
    response = answer(error)
    if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.warning("%s %s: %s", request.method, request.url.path, error)
    return response


def _invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    faults = error.errors()
    first = faults[0]
    where = ".".join(str(part) for part in first["loc"] if part not in ("query", "path", "body"))
    told = str(first["msg"]).removeprefix("Value error, ")
    return problem(
        HTTPStatus.BAD_REQUEST,
        f"{told}.",
        where=where or None,
        errors=[
            {"where": ".".join(str(part) for part in fault["loc"]), "detail": fault["msg"]} for fault in faults[:20]
        ],
    )


def _busy(request: Request, _: Exception) -> Response:
    log.warning("%s %s: no database connection was free", request.method, request.url.path)
    return busy()


def _out_of_range(_: Request, error: Exception) -> Response:
    told = _OUT_OF_RANGE.get(getattr(getattr(error, "orig", None), "pgcode", None) or "")
    if told is None:
        raise error
    return problem(HTTPStatus.BAD_REQUEST, told)


def _nul(_: Request, error: Exception) -> Response:
    # The driver refuses it, wherever in a request it stood; no text of the database can hold it.
    if _NUL not in str(error):
        raise error
    return problem(HTTPStatus.BAD_REQUEST, "The request holds a character that no text can: U+0000.")


def busy() -> Response:
    """The answer when every connection to the database was in use for ten seconds."""
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, "The service is busy.", hint="Try again in a moment.")


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    detail = str(error.detail)
    if error.status_code == HTTPStatus.NOT_FOUND and detail == HTTPStatus.NOT_FOUND.phrase:
        detail = f"There is nothing at {request.url.path}."
    response = problem(error.status_code, detail)
    response.headers.update(error.headers or {})
    return response


class Unexpected:
    """The last net: an error nobody foresaw is logged with its trace and answered without it.

    A middleware and not a handler for `Exception`, because that one would answer outside of CORS.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception:
            if scope["type"] != "http" or started:
                raise
            log.exception("%s %s failed", scope.get("method"), scope.get("path"))
            response = problem(HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong here; it has been logged.")
            await response(scope, receive, send)
