"""Certificates for HTTPS: the operator's own, or ones of a local authority that phones are told to trust once.

Without HTTPS a phone's browser shares no position and keeps no page for when there is no signal.
"""

from __future__ import annotations

import ipaddress
import os
import socket
import ssl
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from geo.errors import SettingsError
from geo.settings import Settings

_AUTHORITY_DAYS = 3650
# Phones refuse certificates that are valid for longer than 398 days.
_SERVER_DAYS = 397
_RENEW_BELOW = timedelta(days=40)


class Certificate(NamedTuple):
    """Files in PEM. `authority` is what a phone installs; None where the operator brought a certificate."""

    certificate: Path
    key: Path
    authority: Path | None


def certificate_for(settings: Settings) -> Certificate:
    """The certificate to serve with: the operator's where one is set, else one of the local authority.

    The latter is made when there is none for all of this machine's present names and addresses, or it runs out.

    Raises
    ------
    SettingsError
        When only one of the operator's two files is set, or one cannot be read.
    """
    given = (settings.tls_certificate, settings.tls_key)
    if given != (None, None):
        if None in given:
            raise SettingsError("certificate and key go together.", where="YIKE_TLS_CERTIFICATE, YIKE_TLS_KEY")
        certificate, key = (path for path in given if path is not None)
        try:
            ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(certificate, key)
        except (OSError, ssl.SSLError) as error:
            raise SettingsError(
                f"certificate or key cannot be used: {error}.", where="YIKE_TLS_CERTIFICATE, YIKE_TLS_KEY"
            ) from None
        return Certificate(certificate, key, None)
    folder = settings.home / "tls"
    made = Certificate(folder / "server.crt", folder / "server.key", folder / "authority.crt")
    names = _names(settings.host)
    if not _is_good(made, names):
        folder.mkdir(parents=True, exist_ok=True)
        _make_server(made, names, *_authority(folder))
    return made


def own_context(certificate: Path) -> ssl.SSLContext:
    """Trusts this very certificate and no other, whatever name it is reached by: for our own processes."""
    context = ssl.create_default_context(cafile=str(certificate))
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context


def lan_address() -> str | None:
    """The address this machine has in its network; None when it has none but its own. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        found: str = probe.getsockname()[0]
    return found


def _names(host: str) -> list[str]:
    """Names and addresses this machine may be called by, sorted."""
    found = {"localhost", "127.0.0.1", "::1", socket.gethostname()}
    if (lan := lan_address()) is not None:
        found.add(lan)
    if host not in ("0.0.0.0", "::"):  # noqa: S104 — compared, not bound
        found.add(host)
    return sorted(name for name in found if name)


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _is_good(made: Certificate, names: Sequence[str]) -> bool:
    if not all(path is not None and path.exists() for path in made):
        return False
    certificate = x509.load_pem_x509_certificate(made.certificate.read_bytes())
    covered = set(certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
    return (
        certificate.not_valid_after_utc - datetime.now(UTC) > _RENEW_BELOW
        and {_general(name) for name in names} <= covered
    )


def _authority(folder: Path) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """The local authority; made once, since every phone has to be told to trust it."""
    certificate_file, key_file = folder / "authority.crt", folder / "authority.key"
    if certificate_file.exists() and key_file.exists():
        key = serialization.load_pem_private_key(key_file.read_bytes(), password=None)
        certificate = x509.load_pem_x509_certificate(certificate_file.read_bytes())
        if isinstance(key, ec.EllipticCurvePrivateKey) and certificate.not_valid_after_utc > datetime.now(UTC):
            return certificate, key
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Yike on {socket.gethostname()}"[:64])])
    certificate = (
        _builder(name, name, key.public_key(), _AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    _write(key_file, _pem(key), secret=True)
    _write(certificate_file, certificate.public_bytes(serialization.Encoding.PEM))
    return certificate, key


def _make_server(
    made: Certificate, names: Sequence[str], authority: x509.Certificate, authority_key: ec.EllipticCurvePrivateKey
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Yike")])
    certificate = (
        _builder(subject, authority.subject, key.public_key(), _SERVER_DAYS)
        .add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    _write(made.key, _pem(key), secret=True)
    _write(made.certificate, certificate.public_bytes(serialization.Encoding.PEM))


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, days: int
) -> x509.CertificateBuilder:
    # An hour back: a phone's clock may be behind.
    begins = datetime.now(UTC) - timedelta(hours=1)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=days))
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(file: Path, content: bytes, *, secret: bool = False) -> None:
    part = file.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600 if secret else 0o644), "wb") as output:
        output.write(content)
    part.replace(file)
