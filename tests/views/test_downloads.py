"""Files that leave the program: kept by nobody on the way, never run, under their name whatever it is."""

from pathlib import Path
from urllib.parse import quote

import pytest

import views
from views.downloads import send_bytes, send_path

NAME = "凤凰县 1/2 表.xlsx"


@pytest.mark.parametrize("send", [send_bytes, send_path])
def test_a_file_is_sent_under_its_name_and_never_shown_or_kept(app, tmp_path, send):
    path = tmp_path / "x"
    path.write_bytes(b"PK")
    with app.test_request_context(), send(b"PK" if send is send_bytes else path, NAME, "application/zip") as answer:
        answer.direct_passthrough = False
        assert answer.get_data() == b"PK" and answer.mimetype == "application/zip"
    assert answer.headers["Content-Disposition"] == f"attachment; filename=file.xlsx; filename*=UTF-8''{quote('凤凰县 1_2 表.xlsx')}"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox" and answer.headers["Cache-Control"] == "private, no-store"


def test_only_a_picture_is_shown_in_the_page(app):
    with app.test_request_context():
        assert send_bytes(b"", "a.png", "image/png", inline=True).headers["Content-Disposition"].startswith("inline;")
        assert send_bytes(b"", "a.html", "text/html", inline=True).headers["Content-Disposition"].startswith("attachment;")


def test_no_screen_writes_these_headers_by_hand():
    by_hand = ("Content-Disposition", "send_file(")
    found = {path.name for path in Path(views.__file__).parent.rglob("*.py") if any(word in path.read_text("utf-8") for word in by_hand)}
    assert found == {"downloads.py"}
