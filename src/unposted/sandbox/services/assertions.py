"""Checks the signed statement (JWT) by which an application proves itself with its certificate.

Source: Microsoft identity platform, certificate credentials. The times within the statement are the client's own and
not those of the sandbox's clock, so that they are compared with each other alone.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

__all__ = ["proves"]

_LONGEST = 86_400


def proves(assertion: str, certificate: str, client_id: str, audience: str) -> bool:
    """Tell whether a statement was signed with the key of a PEM certificate, by this client, for this address."""
    from cryptography.x509 import load_pem_x509_certificate

    try:
        head, claims, signature = assertion.split(".")
        header, said = _read(head), _read(claims)
        found = load_pem_x509_certificate(certificate.encode())
        is_named = _names(header, found)
        return (
            is_named and _fits(said, client_id, audience) and _is_signed(header, f"{head}.{claims}", signature, found)
        )
    except (ValueError, TypeError, msgspec.DecodeError):
        return False


def _names(header: dict[str, Any], certificate: Certificate) -> bool:
    """Tell whether the header names the certificate by either of its prints."""
    from cryptography.hazmat.primitives.hashes import SHA1, SHA256

    prints = {"x5t": certificate.fingerprint(SHA1()), "x5t#S256": certificate.fingerprint(SHA256())}  # noqa: S303 - a name
    given = {name: _decoded(header[name]) for name in prints if name in header}
    return bool(given) and all(prints[name] == value for name, value in given.items())


def _fits(said: dict[str, Any], client_id: str, audience: str) -> bool:
    return (
        said.get("iss") == said.get("sub") == client_id
        and said.get("aud") == audience
        and bool(said.get("jti"))
        and 0 < float(said["exp"]) - float(said.get("nbf") or said["iat"]) <= _LONGEST
    )


def _is_signed(header: dict[str, Any], signed: str, signature: str, certificate: Certificate) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric import padding
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.hashes import SHA256

    key = certificate.public_key()
    scheme = {
        "RS256": padding.PKCS1v15(),
        "PS256": padding.PSS(padding.MGF1(SHA256()), padding.PSS.DIGEST_LENGTH),
    }.get(str(header.get("alg")))
    if scheme is None or not isinstance(key, RSAPublicKey):
        return False
    try:
        key.verify(_decoded(signature), signed.encode(), scheme, SHA256())
    except InvalidSignature:
        return False
    return True


def _read(part: str) -> dict[str, Any]:
    return msgspec.json.decode(_decoded(part), type=dict[str, Any])


def _decoded(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))
