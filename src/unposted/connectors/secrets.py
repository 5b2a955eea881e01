"""Where credentials come from: the environment, a file that it names, or the system's keyring.

They never stand in the workspace file. A secret is a `Secret`: printed, logged or put into an error it shows stars.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from urllib.parse import quote

from unposted.errors import SignIn

__all__ = ["Secret", "SecretStore", "redacted", "variable_name"]

_STARS = "***"
_SHORTEST = 6  # what is shorter would blot out ordinary words
_TELLING = 10  # so much of a secret's beginning is told from ordinary words
_IN_ADDRESS = re.compile(
    r"((?:[?&;]|\\u0026)(?:sig|key|code|[\w-]*(?:token|signature|secret|password|credential|api_?key))=)[^&\s'\"\\]+",
    re.IGNORECASE,
)
_IN_HEADER = re.compile(r"\b(Bearer|Basic|OAuth)\s+[A-Za-z0-9+/=._~,\"% -]{8,}", re.IGNORECASE)


class Secret:
    """A credential that does not show itself; `reveal()` where it is sent, and nowhere else."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        """Take the credential; surrounding white space, as files have at their end, is no part of it."""
        self._text = text.strip()

    def reveal(self) -> str:
        """Return the credential itself."""
        return self._text

    def __bool__(self) -> bool:
        return bool(self._text)

    def __repr__(self) -> str:
        return _STARS

    __str__ = __repr__

    def __reduce__(self) -> str:
        raise TypeError("a secret is not written down")


def redacted(text: str, secrets: Iterable[Secret] = ()) -> str:
    """Return a text without these secrets and without what looks like one in an address or a header."""
    for secret in secrets:
        for form in {secret.reveal(), quote(secret.reveal(), safe="")}:
            if len(form) >= _SHORTEST:
                text = _without_beginnings(text.replace(form, _STARS), form)
    return _IN_HEADER.sub(rf"\1 {_STARS}", _IN_ADDRESS.sub(rf"\1{_STARS}", text))


def _without_beginnings(text: str, form: str) -> str:
    """Blot out the beginnings of a secret too: a text that was cut may end in the middle of one."""
    beginning = form[:_TELLING]
    place = text.find(beginning) if len(form) > _TELLING else -1
    while place >= 0:
        same = next(
            (at for at, pair in enumerate(zip(text[place:], form, strict=False)) if pair[0] != pair[1]), len(form)
        )
        text = f"{text[:place]}{_STARS}{text[place + same :]}"
        place = text.find(beginning, place + len(_STARS))
    return text


def variable_name(source: str, name: str) -> str:
    """Return the environment variable of a source's secret: `UNPOSTED_DTC_TOKEN` for source `dtc`, secret `token`."""
    return "UNPOSTED_" + re.sub(r"[^A-Za-z0-9]+", "_", f"{source}_{name}").strip("_").upper()


class SecretStore:
    """Finds the secrets of the sources.

    `keyring` takes a user name (`dtc.token`) and returns what the system's keyring holds under service `unposted`.
    """

    def __init__(self, environment: Mapping[str, str], keyring: Callable[[str], str | None] | None = None) -> None:
        """Take the environment, and how to ask a keyring (None: the system's, when there is one)."""
        self._environment = environment
        self._keyring = keyring or _system_keyring

    def find(self, source: str, name: str) -> Secret | None:
        """Return a secret, None when it is nowhere; raises SignIn when the file that should hold it cannot be read, or
        is empty.
        """
        variable = variable_name(source, name)
        direct = self._environment.get(variable)
        if direct and direct.strip():
            return Secret(direct)
        path = self._environment.get(f"{variable}_FILE")
        if path:
            return _from_file(path, variable)
        kept = self._keyring(f"{source}.{name}")
        return Secret(kept) if kept and kept.strip() else None

    def need(self, source: str, name: str) -> Secret:
        """Return a secret that must be there; raises SignIn that says how to give it."""
        found = self.find(source, name)
        if found is None or not found:
            variable = variable_name(source, name)
            raise SignIn(
                "secret-missing",
                f"{source}: the secret {name} is not set.",
                f"Set {variable}, or {variable}_FILE to a file that holds it, "
                f"or run `keyring set unposted {shlex.quote(f'{source}.{name}')}`.",
            )
        return found

    def place(self, source: str, name: str) -> str:
        """Say where a secret is found: its variable, the variable that names its file, or the keyring's entry."""
        variable = variable_name(source, name)
        if self._environment.get(variable, "").strip():
            return variable
        if self._environment.get(f"{variable}_FILE"):
            return f"the file that {variable}_FILE names"
        return f"the keyring (unposted {source}.{name})" if self._keyring(f"{source}.{name}") else variable


def _from_file(path: str, variable: str) -> Secret:
    try:
        found = Secret(Path(path).read_text("utf-8-sig"))
        reason = "" if found else "it is empty"
    except OSError as error:
        reason = (error.strerror or "it failed").lower()
    except ValueError:
        reason = "it is no text"
    if reason:
        raise SignIn(
            "secret-file",
            f"The file that {variable}_FILE names cannot be read: {reason}.",
            f"Check the path and its rights, or set {variable} itself.",
        )
    return found


def _system_keyring(user: str) -> str | None:
    import keyring
    from keyring.errors import KeyringError

    try:
        return keyring.get_password("unposted", user)
    except KeyringError:
        return None  # a machine without a keyring: the other two ways are left
