"""Response headers, set below Flask so that every answer has them: pages, errors, files, even a crash."""

import logging
import secrets

NONCE = "relief.nonce"
POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
    "img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}
"""A response may set its own value; Cache-Control of public pages and static files does."""

DOWNLOAD_POLICY = "default-src 'none'; sandbox"
"""Content-Security-Policy of anything that came from outside: it may be looked at, never run."""

TRANSPORT = "max-age=31536000; includeSubDomains"
CRASHED = "系统出错，请稍后再试。".encode()

log = logging.getLogger(__name__)


def nonce(environ: dict) -> str:
    """Return the nonce of this request's scripts and styles, made at first use."""
    if NONCE not in environ:
        environ[NONCE] = secrets.token_urlsafe(16)
    return environ[NONCE]


class Headers:
    """WSGI middleware."""

    def __init__(self, app, secure: bool):
        self.app, self.secure = app, secure

    def __call__(self, environ, start_response):
        sent = []

        def start(status, headers, exc_info=None):
            sent.append(status)
            return start_response(status, self.complete(environ, headers), exc_info)

        try:
            return self.app(environ, start)
        except Exception as error:  # a request so broken that Flask could not begin
            log.error("request failed outside the app: %s", type(error).__name__)
            if sent:
                raise
            start(
                "500 Internal Server Error",
                [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(CRASHED)))],
            )
            return [CRASHED]

    def complete(self, environ, headers):
        given = {name.lower() for name, _ in headers}
        wanted = {**HEADERS, "Content-Security-Policy": POLICY.format(nonce=nonce(environ))}
        if self.secure:
            wanted["Strict-Transport-Security"] = TRANSPORT
        return [*headers, *((name, value) for name, value in wanted.items() if name.lower() not in given)]
