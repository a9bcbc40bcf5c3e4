"""Bytes as a download, or as a picture in the page: never anything that could run."""

from urllib.parse import quote

from flask import Response, send_file

from adminapp.security.headers import DOWNLOAD_POLICY


def send_bytes(data: bytes, name: str, mimetype: str, inline: bool = False) -> Response:
    """Return a response with the bytes under a name; `inline` only for pictures that we drew ourselves."""
    return Response(data, mimetype=mimetype, headers=_headers(name, "inline" if inline and mimetype.startswith("image/") else "attachment"))


def send_path(path, name: str, mimetype: str | None = None) -> Response:
    """Return the same for a file on disk, which is read while it is sent; without `mimetype` the name tells it."""
    answer = send_file(path, mimetype=mimetype, download_name=name)
    answer.headers.update(_headers(name, "attachment"))
    return answer


def _headers(name, place):
    plain = f"file.{name.rsplit('.', 1)[-1]}"  # for the few clients that read no UTF-8 name
    return {
        "Content-Disposition": f"{place}; filename={plain}; filename*=UTF-8''{quote(name.replace('/', '_'))}",
        "Content-Security-Policy": DOWNLOAD_POLICY,
        "Cache-Control": "private, no-store",
    }
