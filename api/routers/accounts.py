"""Accounts and sources of readings, kept by administrators. Secrets are answered once, when they are made."""

from __future__ import annotations

from dataclasses import asdict

from fastapi import APIRouter, Response

from api.parameters import Administrator, AdministratorOfAll, Bundle
from api.schemas.geojson import Items
from api.schemas.people import AccountChanges, AccountIn, AccountOut, SourceIn, SourceOut
from api.services import Services
from geo.accounts.accounts import Account
from geo.accounts.administration import account_for, accounts_for, make_account, renew_password, switch_account
from geo.accounts.reader import Reader
from geo.accounts.sources import add_source, disable_source, list_sources
from geo.errors import InvalidInput

router = APIRouter(prefix="/api/v1", tags=["accounts"])


@router.get("/accounts")
def accounts(bundle: Bundle, who: Administrator) -> Items[AccountOut]:
    """The accounts of the administrator's area."""
    return Items(items=[_told(account, who) for account in accounts_for(bundle.engine, who)])


@router.post("/accounts", status_code=201)
def add(response: Response, bundle: Bundle, who: Administrator, body: AccountIn) -> AccountOut:
    """Make an account; the answer has its password, which is told this once."""
    password = make_account(bundle.engine, who, **body.model_dump())
    return _secret(response, _told(account_for(bundle.engine, who, body.name), who), password=password)


@router.patch("/accounts/{name}")
def change(response: Response, bundle: Bundle, who: Administrator, name: str, body: AccountChanges) -> AccountOut:
    """Disable an account or give it a new password, which ends its sessions; or enable it again."""
    if body.disabled is None and body.new_password is None:
        raise InvalidInput("Nothing is to be changed.", hint="`disabled`, or `new_password`: true.")
    if body.disabled is not None:
        switch_account(bundle.engine, who, name, disabled=body.disabled)
    password = renew_password(bundle.engine, who, name) if body.new_password else None
    return _secret(response, _told(account_for(bundle.engine, who, name), who), password=password)


@router.get("/sources")
def sources(bundle: Bundle, _: AdministratorOfAll) -> Items[SourceOut]:
    """Platforms and gateways that send readings."""
    return Items(items=_sources(bundle))


@router.post("/sources", status_code=201)
def add_a_source(response: Response, bundle: Bundle, _: AdministratorOfAll, body: SourceIn) -> SourceOut:
    """Make a source; the answer has its key, which is told this once."""
    key = add_source(bundle.engine, body.name)
    response.headers["Cache-Control"] = "no-store"
    return _source(bundle, body.name).model_copy(update={"key": key})


@router.post("/sources/{name}/disable")
def disable_a_source(bundle: Bundle, _: AdministratorOfAll, name: str) -> SourceOut:
    """Take nothing more from it, for good: a platform that comes back gets a new source."""
    disable_source(bundle.engine, name)
    return _source(bundle, name)


def _told(account: Account, who: Reader) -> AccountOut:
    values = {name: value for name, value in asdict(account).items() if name in AccountOut.model_fields}
    return AccountOut(**values, is_own=account.name == who.account)


def _secret(response: Response, account: AccountOut, *, password: str | None) -> AccountOut:
    response.headers["Cache-Control"] = "no-store"
    return account.model_copy(update={"password": password})


def _sources(bundle: Services) -> list[SourceOut]:
    return [
        SourceOut(name=row.name, created_at=row.created_at, disabled_at=row.disabled_at)
        for row in list_sources(bundle.engine)
    ]


def _source(bundle: Services, name: str) -> SourceOut:
    return next(source for source in _sources(bundle) if source.name == name)
