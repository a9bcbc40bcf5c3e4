"""Papers that come with an action: photos, scans and a drawn signature, kept with the record or not at all."""

import base64
import io
import re

import pytest
from PIL import Image

from adminapp import database, divisions, files
from tests.conftest import HERE
from views.cases import evidence

VILLAGE = divisions.villages(HERE)[0].code
VISIT = {
    "date": "2026-09-16", "way": "visit", "respondent": "本人", "findings": "情况属实", "conclusion": "eligible",
    "surveyors-0-name": "吴虚构", "surveyors-0-unit": "社会事务办", "surveyors-0-relative": "no",
    "surveyors-1-name": "龙虚构", "surveyors-1-unit": "村委会", "surveyors-1-relative": "no",
}  # fmt: skip


def picture(form="JPEG"):
    out = io.BytesIO()
    Image.new("RGB", (40, 30), (200, 100, 50)).save(out, form)
    return out.getvalue()


@pytest.fixture
def visit(cases, login, today):
    """Return (case, function that posts the visit with more fields)."""
    case = cases.move(cases.move(cases.move(cases.open(VILLAGE), "submit"), "accept", relative=False), "start_survey")
    browser, url = login("clerk.tuojiang"), f"/cases/demo/{case.id}/act/record_visit"

    def post(**more):
        rev = re.search(r'name="rev"[^>]*value="(\d+)"', browser.get(url).text)[1]
        return browser.post(url, {**VISIT, "rev": rev, **more}, content_type="multipart/form-data")

    return case, browser, post


def stored():
    return database.raw("cases").find_one()


def test_photos_and_signature_stand_with_the_visit(visit):
    case, browser, post = visit
    ink = "data:image/png;base64," + base64.b64encode(picture("PNG")).decode()
    answer = post(
        **{
            "file-visit_photos": [(io.BytesIO(picture()), "厨房.jpg"), (io.BytesIO(picture()), "卧室.jpg")],
            "ink-visit_signature": ink,
        }
    )
    assert answer.status_code == 302, answer.text
    kept, [record] = stored()["files"], stored()["records"][-1:]
    assert [item["document"] for item in kept] == ["visit_photos", "visit_photos", "visit_signature"]
    assert {item["record"] for item in kept} == {record["id"]}
    page = browser.get(f"/cases/demo/{case.id}").text
    assert "厨房.jpg" in page and "现场照片" in page
    assert browser.get(f"/cases/demo/{case.id}/files/{kept[2]['id']}").status_code == 200


def test_what_is_no_picture_refuses_the_whole_and_keeps_nothing(visit):
    case, browser, post = visit
    answer = post(**{"file-visit_photos": [(io.BytesIO(picture()), "好.jpg"), (io.BytesIO(b"<html>"), "坏.jpg")]})
    assert answer.status_code == 422 and "坏.jpg" in answer.text and "情况属实" in answer.text
    assert stored()["files"] == [] and database.raw(f"{files.BUCKET}.files").count_documents({}) == 0


def test_a_refused_action_keeps_no_bytes_and_gives_the_signature_back(visit):
    case, browser, post = visit
    ink = "data:image/png;base64," + base64.b64encode(picture("PNG")).decode()
    answer = post(**{"surveyors-1-name": "吴虚构", "ink-visit_signature": ink})
    assert answer.status_code == 422 and "写了两次" in answer.text
    assert ink in answer.text  # nobody signs again for a typing error
    assert database.raw("files.files").count_documents({}) == 0


def test_ink_that_is_no_image_is_refused_in_words(visit):
    case, browser, post = visit
    answer = post(**{"ink-visit_signature": "data:image/png;base64,@@@"})
    assert answer.status_code == 422 and "重新签名" in answer.text


def test_more_files_than_are_taken_at_once_are_refused_before_anything_is_kept(visit):
    case, browser, post = visit
    many = [(io.BytesIO(picture()), f"照片{n}.jpg") for n in range(evidence.MOST_AT_ONCE + 1)]
    answer = post(**{"file-visit_photos": many})
    assert answer.status_code == 422 and "一次最多 20 个文件" in answer.text
    assert not stored().get("files") and database.raw("files.files").count_documents({}) == 0
    many = [(io.BytesIO(picture()), f"照片{n}.jpg") for n in range(evidence.MOST_AT_ONCE + 1)]
    url = f"/cases/demo/{case.id}/files/other"
    page = browser.post(url, {"file": many}, content_type="multipart/form-data", follow_redirects=True)
    assert "一次最多 20 个文件" in page.text and not stored().get("files")
