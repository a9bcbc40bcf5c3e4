"""Attachments: only harmless files, only through the case, never run by the browser."""

import io

import pytest
from PIL import Image

from adminapp import database, divisions
from tests.conftest import HERE, THERE

VILLAGE, AWAY = divisions.villages(HERE)[0].code, divisions.villages(THERE)[0].code
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"


def picture(kind="JPEG", **more):
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, kind, **more)
    return out.getvalue()


def send(browser, case, data, name="证明.pdf", document="other"):
    return browser.post(
        f"/cases/demo/{case.id}/files/{document}",
        {"file": (io.BytesIO(data), name)},
        content_type="multipart/form-data",
        follow_redirects=True,
    )


def entries():
    return database.raw("cases").find_one().get("files", [])


def test_file_comes_back_as_an_attachment_that_cannot_run(cases, login):
    case, browser = cases.open(VILLAGE), login("clerk.tuojiang")
    assert "证明.pdf" in send(browser, case, PDF).text
    [entry] = entries()
    answer = browser.get(f"/cases/demo/{case.id}/files/{entry['id']}")
    assert answer.data == PDF and len(entry["digest"]) == 64
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert database.raw("audit").count_documents({"kind": "download"}) == 1


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"<html><script>alert(1)</script></html>", "x.html"),
        (b"<html>,<script>alert(1)</script></html>", "x.pdf"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "x.png"),
        (b"MZ\x90\x00" + b"\x00" * 60, "x.exe"),
        (b"PK\x03\x04broken", "x.xlsx"),
        (b"\xff\xd8\xff broken", "x.jpg"),
        (b"", "x.pdf"),
    ],
)
def test_other_kinds_are_refused_whatever_they_are_called(cases, login, data, name):
    case = cases.open(VILLAGE)
    send(login("clerk.tuojiang"), case, data, name)
    assert entries() == []
    assert database.raw("files.files").count_documents({}) == 0


def test_pictures_are_drawn_anew(cases, login):
    case, browser = cases.open(VILLAGE), login("clerk.tuojiang")
    exif = Image.Exif()
    exif[0x010E] = "GPS of the house"
    send(browser, case, picture(exif=exif.tobytes()) + b"<script>hidden</script>", "房屋.JPG")
    [entry] = entries()
    data = browser.get(f"/cases/demo/{case.id}/files/{entry['id']}").data
    assert b"GPS" not in data and b"script" not in data and Image.open(io.BytesIO(data)).size == (40, 30)
    assert entry["name"] == "房屋.jpg"


def test_names_lose_path_and_odd_signs(cases, login):
    case = cases.open(VILLAGE)
    send(login("clerk.tuojiang"), case, PDF, '../../etc/pa"ss\r\nX: 1.html')
    assert entries()[0]["name"].endswith(".pdf") and not set('/\\"\r\n:') & set(entries()[0]["name"])


def test_file_out_of_scope_looks_absent(cases, login, browser):
    case = cases.open(AWAY)
    send(login("clerk.liaojiaqiao", browser()), case, PDF)
    [entry] = entries()
    other = cases.open(VILLAGE)
    here = login("clerk.tuojiang")
    assert here.get(f"/cases/demo/{case.id}/files/{entry['id']}").status_code == 404
    assert here.get(f"/cases/demo/{other.id}/files/{entry['id']}").status_code == 404
    assert here.post(f"/cases/demo/{case.id}/files/{entry['id']}/remove").status_code == 404
    assert send(here, case, PDF).status_code == 404
    assert login("auditor").get(f"/cases/demo/{case.id}/files/{entry['id']}").status_code == 200


def test_document_that_the_type_does_not_ask_for_is_refused(cases, login):
    case = cases.open(VILLAGE)
    assert send(login("clerk.tuojiang"), case, PDF, document="nonsense").status_code == 404


def test_upload_and_removal_are_events_of_the_case(cases, login):
    case, browser = cases.open(VILLAGE), login("clerk.tuojiang")
    send(browser, case, PDF)
    [entry] = entries()
    assert browser.post(f"/cases/demo/{case.id}/files/{entry['id']}/remove").status_code == 302
    assert entries() == []
    events = list(database.raw("events").find({"case": case.id}, sort=[("seq", 1)]))
    assert [event["action"] for event in events] == ["open", "upload", "remove_file"]
    assert events[1]["data"]["digest"] == entry["digest"]


def test_submitted_paper_cannot_be_removed_once_decided_on(cases, login):
    case, browser = cases.open(VILLAGE), login("clerk.tuojiang")
    send(browser, case, PDF)
    [entry] = entries()
    case = cases.engine.registry.get("demo").model._from_son(database.raw("cases").find_one())
    cases.to_opinion(case)
    assert browser.post(f"/cases/demo/{case.id}/files/{entry['id']}/remove").status_code == 404
    assert len(entries()) == 1
