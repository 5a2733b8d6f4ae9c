"""Certificates of the local authority: made once, made anew when they must be, and trusted by a real client."""

from __future__ import annotations

import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from api.tls import certificate_for, own_context
from geo.errors import SettingsError
from geo.settings import Settings


def settings(home: Path, **more: object) -> Settings:
    return Settings(home=home, tls=True, **more)  # type: ignore[arg-type]


def handshake(certificate: Path, key: Path, client: ssl.SSLContext, name: str) -> str:
    """The issuer a client sees that connects by a name; raises what the client raises."""
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(certificate, key)
    ours, theirs = socket.socketpair()

    def serve() -> None:
        try:
            server.wrap_socket(ours, server_side=True).close()
        except (ssl.SSLError, OSError):
            ours.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with client.wrap_socket(theirs, server_hostname=name) as connection:
            found = connection.getpeercert() or {}
            return str(found.get("issuer"))
    finally:
        theirs.close()
        thread.join(10)


def test_a_phone_that_trusts_the_authority_trusts_the_service(tmp_path: Path) -> None:
    made = certificate_for(settings(tmp_path, host="192.168.7.7"))
    assert made.authority is not None
    trusting = ssl.create_default_context(cafile=str(made.authority))
    for name in ("localhost", "127.0.0.1", "192.168.7.7"):
        assert "Yike on" in handshake(made.certificate, made.key, trusting, name)
    with pytest.raises(ssl.SSLCertVerificationError, match=r"doesn't match|not valid for"):
        handshake(made.certificate, made.key, trusting, "elsewhere.example")
    with pytest.raises(ssl.SSLCertVerificationError, match=r"self-signed|unable to get local issuer"):
        handshake(made.certificate, made.key, ssl.create_default_context(), "localhost")


def test_our_own_processes_trust_this_very_certificate_and_no_other(tmp_path: Path) -> None:
    made = certificate_for(settings(tmp_path / "a"))
    other = certificate_for(settings(tmp_path / "b"))
    handshake(made.certificate, made.key, own_context(made.certificate), "whatever")
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(other.certificate, other.key, own_context(made.certificate), "whatever")


def test_the_authority_stays_and_the_certificate_is_made_anew_for_a_new_address(tmp_path: Path) -> None:
    first = certificate_for(settings(tmp_path))
    assert first.authority is not None
    kept = [file.read_bytes() for file in first if file is not None]
    again = certificate_for(settings(tmp_path))
    assert [file.read_bytes() for file in again if file is not None] == kept
    moved = certificate_for(settings(tmp_path, host="192.168.7.7"))
    assert moved.certificate.read_bytes() != kept[0]
    assert first.authority.read_bytes() == kept[2]
    assert (tmp_path / "tls/server.key").stat().st_mode & 0o077 == 0
    assert (tmp_path / "tls/authority.key").stat().st_mode & 0o077 == 0


def test_phones_refuse_longer_validity_so_it_is_short(tmp_path: Path) -> None:
    made = certificate_for(settings(tmp_path))
    certificate = x509.load_pem_x509_certificate(made.certificate.read_bytes())
    assert certificate.not_valid_after_utc - certificate.not_valid_before_utc <= timedelta(days=398)
    assert certificate.not_valid_before_utc < datetime.now(UTC)


def test_the_operators_own_certificate_is_used(tmp_path: Path) -> None:
    made = certificate_for(settings(tmp_path / "a"))
    given = certificate_for(settings(tmp_path / "b", tls_certificate=made.certificate, tls_key=made.key))
    assert given.certificate == made.certificate
    assert given.authority is None
    assert not (tmp_path / "b").exists()


def test_half_a_certificate_or_a_wrong_one_is_named(tmp_path: Path) -> None:
    made, other = certificate_for(settings(tmp_path / "a")), certificate_for(settings(tmp_path / "b"))
    for certificate, key in ((made.certificate, None), (made.certificate, other.key), (tmp_path / "gone", made.key)):
        with pytest.raises(SettingsError) as refused:
            certificate_for(settings(tmp_path, tls_certificate=certificate, tls_key=key))
        assert refused.value.where == "YIKE_TLS_CERTIFICATE, YIKE_TLS_KEY"
