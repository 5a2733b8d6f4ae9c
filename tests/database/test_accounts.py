"""Accounts, sessions and sources in the database."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text

from data.town import Scale, build_town, remove_town
from geo.accounts.accounts import add_account, add_sample_accounts, has_accounts, list_accounts, set_disabled
from geo.accounts.passwords import new_password
from geo.accounts.sessions import reader_of, sign_in, sign_out
from geo.accounts.sources import add_source, source_of
from geo.errors import Conflict, InvalidInput, NotFound, NotSignedIn
from geo.live.upkeep import apply_retention
from tests.world import World, build_world

PASSWORD = "correct horse battery"


@pytest.fixture
def world(database: Engine) -> World:
    return build_world(database)


def everything_in(database: Engine, table: str) -> str:
    with database.connect() as connection:
        return str(connection.execute(text(f"select to_jsonb(t) from yike.{table} t")).all())


def test_neither_password_nor_token_nor_key_is_kept(database: Engine) -> None:
    add_account(database, "li.mei", role="viewer", password=PASSWORD)
    token = sign_in(database, "li.mei", PASSWORD)
    key = add_source(database, "meters")
    kept = "".join(everything_in(database, table) for table in ("account", "session", "source"))
    assert "argon2id" in kept
    for secret in (PASSWORD, token, key):
        assert secret not in kept
    assert reader_of(database, token) is not None
    assert source_of(database, key) is not None


@pytest.mark.parametrize(
    ("name", "password", "fault"),
    [("Li", PASSWORD, "name"), ("x", PASSWORD, "name"), ("a b", PASSWORD, "name"), ("li'--", PASSWORD, "name"),
     ("li", "short", "password"), ("li", "x" * 201, "password")],
)  # fmt: skip
def test_what_cannot_be_an_account_is_refused_by_name(database: Engine, name: str, password: str, fault: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        add_account(database, name, role="viewer", password=password)
    assert refused.value.where == fault
    assert not has_accounts(database)


def test_a_worker_has_one_account_and_no_other_role_has_a_worker(database: Engine, world: World) -> None:
    add_account(database, "li", role="worker", password=PASSWORD, worker_id=world.workers[0])
    with pytest.raises(Conflict):
        add_account(database, "second", role="worker", password=PASSWORD, worker_id=world.workers[0])
    with pytest.raises(Conflict):
        add_account(database, "li", role="viewer", password=PASSWORD)
    with pytest.raises(InvalidInput, match="names its grid worker"):
        add_account(database, "none", role="worker", password=PASSWORD)
    with pytest.raises(InvalidInput, match="names its grid worker"):
        add_account(database, "viewer", role="viewer", password=PASSWORD, worker_id=world.workers[1])
    with pytest.raises(NotFound, match="worker 999999"):
        add_account(database, "nobody", role="worker", password=PASSWORD, worker_id=999999)
    with pytest.raises(NotFound, match="nowhere"):
        add_account(database, "lost", role="viewer", password=PASSWORD, area="nowhere")
    assert [one.name for one in list_accounts(database)] == ["li"]


def test_an_area_may_be_named_by_id_or_path(database: Engine, world: World) -> None:
    add_account(database, "by-path", role="viewer", password=PASSWORD, area="320100/s1")
    add_account(database, "by-id", role="viewer", password=PASSWORD, area=str(world.grid))
    found = {one.name: one.path for one in list_accounts(database)}
    assert found == {"by-path": "320100/s1", "by-id": world.path}
    reader = reader_of(database, sign_in(database, "by-path", PASSWORD))
    assert reader is not None
    assert world.path in reader.scope
    assert "320100/s10" not in reader.scope


def test_an_account_whose_area_goes_does_not_see_everything(database: Engine, world: World) -> None:
    add_account(database, "bound", role="viewer", password=PASSWORD, area=world.path)
    token = sign_in(database, "bound", PASSWORD)
    with database.begin() as connection:
        connection.execute(text("delete from yike.area where id = :id"), {"id": world.grid})
    assert reader_of(database, token) is None


def test_a_session_ends_when_it_is_over_and_lasts_while_it_is_used(database: Engine) -> None:
    add_account(database, "li", role="viewer", password=PASSWORD)
    token, other = sign_in(database, "li", PASSWORD), sign_in(database, "li", PASSWORD)
    with database.begin() as connection:
        connection.execute(text("update yike.session set expires_at = now() + interval '1 day'"))
    assert reader_of(database, token) is not None
    with database.begin() as connection:
        left = connection.execute(text("select max(expires_at) > now() + interval '29 days' from yike.session"))
        assert left.scalar_one() is True
        connection.execute(text("update yike.session set expires_at = now() - interval '1 s'"))
    assert reader_of(database, token) is None
    apply_retention(database)
    assert everything_in(database, "session") == "[]"
    sign_out(database, other)


def test_a_disabled_account_neither_signs_in_nor_stays(database: Engine) -> None:
    add_account(database, "li", role="viewer", password=PASSWORD)
    token = sign_in(database, "li", PASSWORD)
    set_disabled(database, "li", disabled=True)
    assert reader_of(database, token) is None
    assert not has_accounts(database)
    with pytest.raises(NotSignedIn):
        sign_in(database, "li", PASSWORD)
    set_disabled(database, "li", disabled=False)
    assert reader_of(database, token) is None
    # One that was being opened at the very moment is no way in either.
    late = sign_in(database, "li", PASSWORD)
    with database.begin() as connection:
        connection.execute(text("update yike.account set disabled_at = now()"))
    assert reader_of(database, late) is None
    with pytest.raises(NotFound):
        set_disabled(database, "nobody", disabled=True)


def test_sample_accounts_are_made_once_and_go_with_the_sample(database: Engine) -> None:
    build_town(database, Scale.VILLAGE)
    passwords = add_sample_accounts(database)
    assert set(passwords) == {"admin", "dispatcher", "planner", "viewer", "worker"}
    assert len(set(passwords.values())) == 5
    worker = reader_of(database, sign_in(database, "worker", passwords["worker"]))
    assert worker is not None
    assert worker.worker_id is not None
    assert add_sample_accounts(database) == {}
    remove_town(database)
    assert not has_accounts(database)


def test_where_there_is_an_account_no_sample_ones_are_made(database: Engine) -> None:
    build_town(database, Scale.VILLAGE)
    add_account(database, "real", role="admin", password=PASSWORD)
    assert add_sample_accounts(database) == {}
    remove_town(database)
    assert has_accounts(database)


def test_passwords_that_are_made_are_long_and_legible() -> None:
    made = {new_password() for _ in range(200)}
    assert len(made) == 200
    assert all(len(one) == 14 and not set(one) & set("0o1li") for one in made)
