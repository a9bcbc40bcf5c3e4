"""The second factor: codes of an authenticator (RFC 6238), each good once, and recovery codes for a lost phone."""

import base64
import hashlib
import secrets
from io import BytesIO

import segno
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from adminapp import dates, sealing
from adminapp.auth import users

STEP_SECONDS, DIGITS = 30, 6
SECRET_BYTES = 20
CODES = 8


def make_secret() -> str:
    """Return a new secret as authenticators take it (base32)."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def matching_step(secret: str, code: str) -> int | None:
    """Return the time step a code belongs to: the current one, the one before or after; None when it fits none."""
    code = code.replace(" ", "")
    if len(code) != DIGITS or not (code.isascii() and code.isdigit()):
        return None
    now = int(dates.now().timestamp()) // STEP_SECONDS
    # SHA-1 is what every authenticator app speaks; as a keyed digest it is not weakened by collisions.
    totp = TOTP(base64.b32decode(secret), DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303
    steps = [
        step
        for step in (now - 1, now, now + 1)
        if secrets.compare_digest(totp.generate(step * STEP_SECONDS), code.encode())
    ]
    return steps[0] if steps else None


def accept(user, code: str) -> bool:
    """Tell whether the code is right for the account and was not used before; a recovery code is used up."""
    secret = sealing.unseal(user.row["second_factor"], _context(user.username))
    step = matching_step(secret, code)
    if step is not None:
        return users.change(user.username, {"code_step": {"$lt": step}}, code_step=step) is not None
    digest = _digest(code)
    if digest not in user.row.get("recovery", ()):
        return False
    left = [each for each in user.row["recovery"] if each != digest]
    return users.change(user.username, {"recovery": user.row["recovery"]}, recovery=left) is not None


def enable(user, secret: str, code: str) -> list[str] | None:
    """Store the secret when the code proves that the phone has it; return the recovery codes, None for a wrong code."""
    step = matching_step(secret, code)
    if step is None:
        return None
    codes = ["-".join(secrets.token_hex(2) for _ in range(4)) for _ in range(CODES)]
    sealed = sealing.seal(secret, _context(user.username))
    users.change(user.username, second_factor=sealed, code_step=step, recovery=[_digest(code) for code in codes])
    return codes


def picture(username: str, secret: str, issuer: str) -> str:
    """Return the code to scan as a data: image."""
    from urllib.parse import quote

    label = f"{quote(issuer)}:{quote(username)}"
    data = BytesIO()
    segno.make(f"otpauth://totp/{label}?secret={secret}&issuer={quote(issuer)}", micro=False).save(
        data, kind="png", scale=5, border=2
    )
    return "data:image/png;base64," + base64.b64encode(data.getvalue()).decode()


def _digest(code):
    # Recovery codes are 64 random bits: a plain digest cannot be searched.
    return hashlib.new("sm3", "".join(code.lower().split()).encode("utf-8", "replace")).hexdigest()


def _context(username):
    return f"users.second_factor:{username}"
