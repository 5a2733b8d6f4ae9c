"""The address of a broker, as a setting and read."""

from __future__ import annotations

import pytest

from api.intake.broker import Broker, broker_of
from geo.errors import SettingsError
from geo.settings import load_settings


@pytest.mark.parametrize(
    ("url", "broker"),
    [
        ("mqtt://127.0.0.1", Broker("127.0.0.1", 1883, False, None, None, "yike")),
        ("mqtts://yike:p%40s%2Fs@broker.example/test-1",
         Broker("broker.example", 8883, True, "yike", "p@s/s", "test-1")),
        ("mqtt://[::1]:2883/", Broker("::1", 2883, False, None, None, "yike")),
    ],
)  # fmt: skip
def test_an_address_is_read(monkeypatch: pytest.MonkeyPatch, url: str, broker: Broker) -> None:
    monkeypatch.setenv("YIKE_MQTT_URL", url)
    settings = load_settings()
    assert settings.mqtt_url is not None
    assert broker_of(settings.mqtt_url.get_secret_value()) == broker
    for told in (repr(settings), repr(broker), str(broker)):
        assert "p@s" not in told
        assert "p%40" not in told


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://yike:secret@broker", "must begin with mqtt:// or mqtts://"),
        ("yike:secret@broker", "must begin with mqtt:// or mqtts://"),
        ("mqtt://", "the host is missing"),
        ("mqtt://yike:secret@broker:port", "its host or port cannot be read"),
        ("mqtt://yike:secret@broker:70000", "its host or port cannot be read"),
        ("mqtt://yike:secr#et@broker", "its host or port cannot be read"),
        ("mqtt://yike:sec/ret@broker", "its host or port cannot be read"),
        ("mqtt://yike:secret@broker?x=1", "must hold no ? and no #"),
        ("mqtt://yike:secret@broker/a/b", "the session's name, behind the host"),
    ],
)
def test_a_wrong_address_is_told_in_one_line_without_the_password(
    monkeypatch: pytest.MonkeyPatch, url: str, told: str
) -> None:
    monkeypatch.setenv("YIKE_MQTT_URL", url)
    with pytest.raises(SettingsError) as raised:
        load_settings()
    text = str(raised.value)
    assert text.startswith("YIKE_MQTT_URL: ")
    assert told in text
    assert "\n" not in text
    assert "sec" not in text


@pytest.mark.parametrize(
    ("name", "value"),
    [("YIKE_OPERATOR_KEY", "secret-key"), ("YIKE_DATABASE_URL", "mysql://yike:secret@host/x")],
)
def test_no_other_wrong_value_tells_its_secret(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as raised:
        load_settings()
    assert name in str(raised.value)
    assert "secret" not in str(raised.value)
