"""Sealed fields: ID and account numbers are stored encrypted (SM4-GCM) and found through a keyed index (HMAC-SM3).

The key file (JSON, mode 0600) holds several keys, so that a new one can be made current while old values still open:
`{"current": kid, "keys": {kid: {"seal": b64, "nonce": b64}}, "index": b64}`. The index key has no successors: exact
search needs one key for all rows.
"""

import base64
import json
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from adminapp.errors import ReliefError, SetupError
from adminapp.text import narrow

PREFIX = "sm4:"
_NONCE, _TAG = 12, 16


class BrokenSeal(ReliefError):
    """A sealed value was changed, moved to another field, or sealed by a key we do not have."""


class _Key:
    """One encryption key. The prepared objects are copied per use, which is what makes sealing fast."""

    def __init__(self, kid: str, seal: bytes, nonce: bytes):
        self.prefix = f"{PREFIX}{kid}:"
        self.cipher = algorithms.SM4(seal)
        self.nonce = hmac.HMAC(nonce, hashes.SM3())

    def seal(self, plain: bytes, context: bytes) -> str:
        # The nonce is a keyed digest of context and text (as in SIV), not random: the same seed gives the same
        # database, and a nonce can only repeat with its text. It tells which values of one context are equal, no more.
        mac = self.nonce.copy()
        mac.update(len(context).to_bytes(4) + context + plain)
        nonce = mac.finalize()[:_NONCE]
        encryptor = Cipher(self.cipher, modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(context)
        sealed = encryptor.update(plain) + encryptor.finalize()
        return self.prefix + base64.b64encode(nonce + sealed + encryptor.tag).decode()

    def unseal(self, body: bytes, context: bytes) -> bytes:
        decryptor = Cipher(self.cipher, modes.GCM(body[:_NONCE], body[-_TAG:])).decryptor()
        decryptor.authenticate_additional_data(context)
        return decryptor.update(body[_NONCE:-_TAG]) + decryptor.finalize()


class _Ring:
    def __init__(self, data: dict):
        self.keys = {kid: _Key(kid, _bytes(key["seal"]), _bytes(key["nonce"])) for kid, key in data["keys"].items()}
        self.current = self.keys[data["current"]]
        self.index = hmac.HMAC(_bytes(data["index"]), hashes.SM3())


_ring: _Ring | None = None


def seal(text: str, context: str) -> str:
    """Return the text sealed for `context`, such as "cases.x_id_number": "sm4:<key id>:<base64 of nonce, text, tag>".

    The same text in the same context gives the same result. Raise SetupError when no keys are loaded.
    """
    return _keys().current.seal(text.encode(), context.encode())


def unseal(sealed: str, context: str) -> str:
    """Return the text that was sealed for `context`. Raise BrokenSeal when value, context or key is wrong."""
    ring = _keys()
    try:
        name, kid, body = sealed.split(":")
        if name + ":" != PREFIX:
            raise ValueError(name)
        sealed_bytes = base64.b64decode(body, validate=True)
        if base64.b64encode(sealed_bytes) != body.encode():  # spare bits of the last character: one value, one spelling
            raise ValueError("not canonical")
        return ring.keys[kid].unseal(sealed_bytes, context.encode()).decode()
    except KeyError as error:
        raise BrokenSeal("加密数据所用的密钥不在密钥文件中，请管理员核对密钥文件。") from error
    except (ValueError, InvalidTag) as error:
        raise BrokenSeal("加密数据无法打开：内容被改动，或不属于这一栏。") from error


def is_sealed(text: str) -> bool:
    """Tell whether the text has the form of a sealed value."""
    return isinstance(text, str) and text.startswith(PREFIX)


def is_current(sealed: str) -> bool:
    """Tell whether the value is sealed with the current key; false means that a rotation must seal it anew."""
    return sealed.startswith(_keys().current.prefix)


def key_of(text: str) -> str:
    """Return the keyed index of a number: 32 hex digits, the same for every way of typing it (blanks, width, case)."""
    mac = _keys().index.copy()
    mac.update("".join(narrow(text).split()).upper().encode())
    return mac.finalize()[:16].hex()


def use_keys(path: Path | str) -> None:
    """Load the key file for this process, and make it when it is not there yet. Call once at start.

    Raise SetupError when it cannot be read, is damaged, or others may read it.
    """
    global _ring
    path = Path(path)
    try:
        if not path.exists():
            _create(path)
        if path.stat().st_mode & 0o077:
            raise SetupError(f"密钥文件 {path} 能被其他用户读取，请执行：chmod 600 {path}")
        _ring = _Ring(json.loads(path.read_text()))
    except OSError as error:
        raise SetupError(f"无法读写密钥文件 {path}：{error.strerror}。") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SetupError(f"密钥文件 {path} 已损坏，请从备份恢复；没有它，已加密的号码无法打开。") from error


def forget_keys() -> None:
    """Unload the keys."""
    global _ring
    _ring = None


def add_key(path: Path | str) -> str:
    """Add a new key to the file, make it current, load it, and return its id. Old values still open."""
    path = Path(path)
    data = json.loads(path.read_text())
    kid, key = _new_key()
    data["keys"][kid] = key
    data["current"] = kid
    os.replace(_write_beside(path, data), path)
    use_keys(path)
    return kid


def _keys() -> _Ring:
    if _ring is None:
        raise SetupError("尚未载入密钥文件，不能读写身份证号码和银行账号。")
    return _ring


def _new_key() -> tuple[str, dict]:
    seal_key, nonce_key = secrets.token_bytes(16), secrets.token_bytes(32)
    digest = hashes.Hash(hashes.SM3())
    digest.update(seal_key + nonce_key)
    # The id is a digest of the key: a lost file that is made anew can never pass for the old one.
    return digest.finalize()[:4].hex(), {"seal": _text(seal_key), "nonce": _text(nonce_key)}


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    kid, key = _new_key()
    beside = _write_beside(path, {"current": kid, "keys": {kid: key}, "index": _text(secrets.token_bytes(32))})
    try:
        os.link(beside, path)  # fails when another worker was first: then its file counts
    except FileExistsError:
        pass
    finally:
        beside.unlink()


def _write_beside(path: Path, data: dict) -> Path:
    beside = path.with_name(f".tmp-{path.name}-{secrets.token_hex(4)}")
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(data, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    return beside


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode()
