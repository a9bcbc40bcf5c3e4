"""Bytes as a download, or as a picture in the page: never anything that could run."""

from urllib.parse import quote

from flask import Response

from adminapp.security.headers import DOWNLOAD_POLICY


def send_bytes(data: bytes, name: str, mimetype: str, inline: bool = False) -> Response:
    """Return a response with the bytes under a name; `inline` only for pictures that we drew ourselves."""
    plain = f"file.{name.rsplit('.', 1)[-1]}"  # for the few clients that read no UTF-8 name
    place = "inline" if inline and mimetype.startswith("image/") else "attachment"
    return Response(
        data,
        mimetype=mimetype,
        headers={
            "Content-Disposition": f"{place}; filename={plain}; filename*=UTF-8''{quote(name.replace('/', '_'))}",
            "Content-Security-Policy": DOWNLOAD_POLICY,
            "Cache-Control": "private, no-store",
        },
    )
