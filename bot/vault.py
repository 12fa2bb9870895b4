"""Tokens at rest: AES-256-GCM, each bound to whom it belongs to, under keys that can be changed.

A sealed secret reads `1.<key id>.<base64url of nonce and ciphertext>`. The first key seals, all open: to change keys,
put a new one in front, seal everything anew (`planb reseal`), then take the old one out.
"""

import base64
import binascii
import hashlib
import secrets
from collections.abc import Iterable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.domain.errors import SealBroken, SettingsError
from bot.domain.install import Install

KEY_BYTES = 32
NONCE_BYTES = 12
"""Random for each secret: fine for 2**32 of them under one key. NIST SP 800-38D, 8.3."""
_VERSION = "1"


class Vault:
    """Raise SettingsError where a key is not one. No key is ever part of an error."""

    def __init__(self, keys: Iterable[str]) -> None:
        raw = [_read(key) for key in keys]
        if not raw:
            raise SettingsError("PLANB_KEYS is empty: `planb new-key` prints a key. See .env.example.")
        self._first = _name(raw[0])
        self._ciphers = {_name(key): AESGCM(key) for key in raw}

    def seal(self, secret: str, label: str) -> str:
        """Under the first key, as it may be stored. It opens only under the same label."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = self._ciphers[self._first].encrypt(nonce, secret.encode(), label.encode())
        return f"{_VERSION}.{self._first}.{_written(nonce + sealed)}"

    def open(self, sealed: str, label: str) -> str:
        """The secret. Raise SealBroken, naming the key that is missing or whose secret it should be."""
        version, _, rest = sealed.partition(".")
        name, _, text = rest.partition(".")
        if version != _VERSION or name not in self._ciphers:
            raise SealBroken(f"the token of {label} is sealed with a key that PLANB_KEYS does not have: {name[:16]!r}")
        try:
            raw = base64.urlsafe_b64decode(text)
            return self._ciphers[name].decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], label.encode()).decode()
        except (InvalidTag, ValueError):
            raise SealBroken(f"the token of {label} was changed, or belongs to another workspace") from None

    def opens(self, install: Install) -> bool:
        """Whether its token can be had."""
        try:
            return bool(self.open(install.sealed, install.label))
        except SealBroken:
            return False

    def is_current(self, sealed: str) -> bool:
        """Whether the first key sealed it."""
        return sealed.startswith(f"{_VERSION}.{self._first}.")


class ShutVault:
    """Stands in where the keys are missing or wrong: the rest of the program goes on, and each use says why not."""

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def seal(self, secret: str, label: str) -> str:  # noqa: ARG002 - as Vault has it
        """Raise SealBroken."""
        raise SealBroken(f"the token of {label} cannot be sealed: {self.reason}")

    def open(self, sealed: str, label: str) -> str:  # noqa: ARG002 - as Vault has it
        """Raise SealBroken."""
        raise SealBroken(f"the token of {label} cannot be opened: {self.reason}")


def open_vault(keys: Iterable[str]) -> Vault | ShutVault:
    """A vault, whatever the keys are like: a lost key is no reason to stop."""
    try:
        return Vault(keys)
    except SettingsError as error:
        return ShutVault(str(error))


def new_key() -> str:
    """A key, as PLANB_KEYS takes it."""
    return _written(secrets.token_bytes(KEY_BYTES))


def _read(key: str) -> bytes:
    try:
        raw = base64.b64decode(key + "=" * (-len(key) % 4), altchars="-_", validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != KEY_BYTES:
        raise SettingsError("PLANB_KEYS: each key is 32 bytes in base64url; `planb new-key` prints one.")
    return raw


def _name(key: bytes) -> str:
    """Short, and nothing can be learnt from it."""
    return hashlib.sha256(b"planb key id" + key).hexdigest()[:8]


def _written(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode()
