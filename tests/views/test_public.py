"""Public pages: what anybody sees without login, what nobody sees, and the forms that take what people tell."""

import gzip
import io
import re
from datetime import timedelta
from unittest.mock import Mock

import pytest

from adminapp import database, dates, sealing
from adminapp.auth import attempts
from adminapp.errors import SetupError
from adminapp.postings import course, evidence
from adminapp.postings import settings as posting_settings
from adminapp.public import refresh, store, texts
from adminapp.scope import Actor, acting
from tests.adminapp.postings.village import AFTER, DAY, END, picture
from tests.conftest import HERE
from tests.views.hung import CHILD, NAMES, VILLAGE


@pytest.fixture(autouse=True)
def _today(today):
    """All of it happens on the day of the cases, unless a test goes on."""


@pytest.fixture
def anybody(app):
    return app.test_client()


def page_of(posting):
    return f"/public/postings/{posting['_id']}"


def again(engine, on=None):
    """Let the sweep pass, and the seconds for which a process keeps pages."""
    refresh.everything(engine, on)
    store._kept.clear()


# What is shown


def test_the_way_from_the_front_page_to_the_rows(anybody, hung):
    front = anybody.get("/public/").text
    assert f"/public/townships/{HERE}" in front and "公示中 1" in front
    assert f"/public/villages/{VILLAGE}" in anybody.get(f"/public/townships/{HERE}").text
    assert page_of(hung) in anybody.get(f"/public/villages/{VILLAGE}").text
    page = anybody.get(page_of(hung)).text
    assert "龙*虚" in page and "2026年9月24日" in page and "（7个工作日）" in page and f"/public/objection/{hung['_id']}" in page


def test_only_declared_columns_leave_and_names_are_masked(anybody, hung):
    page = anybody.get(page_of(hung)).text
    for secret in (*NAMES, CHILD, *(case.number for case in hung["held"]), *(str(case.pk) for case in hung["held"]), "clerk-"):
        assert secret not in page, secret


def test_no_cookie_no_script_no_index_and_a_strict_policy(anybody, hung):
    for path in ("/public/", page_of(hung), "/public/complaint", "/public/ask", "/public/policies/temporary", "/public/nothing"):
        answer = anybody.get(path)
        assert "Set-Cookie" not in answer.headers, path
        assert "<script" not in answer.text and " style=" not in answer.text and "noindex" in answer.headers["X-Robots-Tag"]
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'"), path
        assert not re.search(r'(?:src|href)="(?:https?:)?//', answer.text), path
    assert anybody.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"


def test_pages_are_kept_by_caches_and_not_sent_twice(anybody, hung):
    first = anybody.get(page_of(hung), headers={"Accept-Encoding": "gzip"})
    assert first.headers["Cache-Control"] == "public, max-age=60" and "龙*虚" in gzip.decompress(first.data).decode()
    second = anybody.get(page_of(hung), headers={"Accept-Encoding": "gzip", "If-None-Match": first.headers["ETag"]})
    assert second.status_code == 304 and second.data == b""


def test_a_page_is_answered_without_a_look_at_cases_or_postings(anybody, hung, monkeypatch):
    asked = []
    real = database.raw
    monkeypatch.setattr(database, "raw", lambda name: asked.append(name) or real(name))
    store._kept.clear()
    for path in ("/public/", page_of(hung), f"/public/villages/{VILLAGE}", "/public/policies"):
        assert anybody.get(path).status_code == 200
    assert set(asked) == {"public_pages"}


# What is not shown


@pytest.mark.parametrize("day", [DAY - timedelta(days=1), END + timedelta(days=1)])
def test_nothing_is_shown_outside_of_the_window_even_when_no_sweep_ran(anybody, hung, day):
    assert anybody.get(page_of(hung)).status_code == 200
    with dates.frozen(day):
        answer = anybody.get(page_of(hung))
        assert answer.status_code == 404 and "龙*虚" not in answer.text
        assert anybody.get(f"/public/objection/{hung['_id']}").status_code == 404


def test_last_day_still_shows_and_the_sweep_takes_links_and_page_away(anybody, hung, app):
    with dates.frozen(END):
        assert anybody.get(page_of(hung)).status_code == 200
    with dates.frozen(AFTER):
        again(app.extensions["relief"])
        assert database.raw(store.COLLECTION).find_one({"_id": f"postings/{hung['_id']}"}) is None
        assert "公示中" not in anybody.get(f"/public/townships/{HERE}").text


def test_a_household_that_left_is_off_the_page_at_once(anybody, hung):
    course.leave(hung["_id"], hung["held"][0].pk)
    page = anybody.get(page_of(hung)).text
    assert "龙*虚" not in page and "吴*虚" in page


def test_a_sheet_that_is_replaced_goes_at_once(anybody, hung, cases):
    clerk = cases.clerk(HERE)
    now = database.raw("postings").find_one({"_id": hung["_id"]})
    with acting(clerk):
        course.repost(cases.engine, now, clerk, now["rev"], "被撕毁", DAY)
    assert anybody.get(page_of(hung)).status_code == 404


@pytest.mark.parametrize("path", ["postings/../villages", "postings/" + "a" * 3000, "%00", "postings/$ne", "cases/1", "%E2%80%AE"])
def test_odd_addresses_are_plainly_absent(anybody, hung, path):
    answer = anybody.get(f"/public/{path}")
    assert answer.status_code == 404 and "Set-Cookie" not in answer.headers


def test_names_stand_as_the_county_set_it(anybody, hung, cases, app):
    policy = Actor("policy", "政策虚构", frozenset({"policy_admin"}), None)
    posting_settings.write(False, "surname", "", 0, policy)
    clerk = cases.clerk(HERE)
    now = database.raw("postings").find_one({"_id": hung["_id"]})
    with acting(clerk):
        new = course.repost(cases.engine, now, clerk, now["rev"], "写法有变", DAY)
        course.hang(cases.engine, new, evidence.read_photo("x.jpg", picture(8)), "", clerk, new["rev"])
    assert "龙**" in anybody.get(f"/public/postings/{new['_id']}").text


# Policies


def test_every_type_has_its_page_from_the_declaration(anybody, cases):
    again(cases.engine)
    library = anybody.get("/public/policies").text
    for item in cases.engine.registry.latest().values():
        page = anybody.get(f"/public/policies/{item.key}").text
        assert f"/public/policies/{item.key}" in library and "<svg" in page and item.relief_type.summary in page, item.key
        assert all(document.label in page for document in item.relief_type.documents), item.key


def test_the_county_adds_its_own_words_and_a_second_writer_is_told(anybody, cases):
    policy = Actor("policy", "政策虚构", frozenset({"policy_admin"}), None)
    texts.write("temporary", {"intro": "<b>先行救助</b>\n当天办理"}, 0, policy)
    with pytest.raises(Exception, match="修改"):
        texts.write("temporary", {"intro": "x"}, 0, policy)
    again(cases.engine)
    assert "&lt;b&gt;先行救助&lt;/b&gt;" in anybody.get("/public/policies/temporary").text


# What people tell


def token_of(anybody, path):
    return re.search(r'name="once" value="([^"]+)"', anybody.get(path).text)[1]


COMPLAINT = {"subject": "staff", "township": HERE, "about": "某干部虚", "content": "收了好处", "name": "向某虚", "contact": "13800000009"}


def complain(anybody, token=None, **form):
    return anybody.post("/public/complaint", data=COMPLAINT | {"once": token or token_of(anybody, "/public/complaint")} | form)


def receipt(page):
    return re.search(r"<dd>(\w\w\d{6}-\d{5})</dd>", page)[1], re.search(r"<dd>([0-9A-Z]{8})</dd>", page)[1]


def test_a_complaint_gives_a_receipt_by_which_it_is_followed(anybody, cases):
    answer = complain(anybody)
    assert answer.status_code == 201 and answer.headers["Cache-Control"] == "no-store"
    number, secret = receipt(answer.text)
    row = database.raw("complaints").find_one({"_id": number})
    assert row["channel"] == "web" and sealing.unseal(row["content"], "complaints.content") == "收了好处"
    assert secret not in str(row) and "向某虚" not in str(row) and "13800000009" not in str(row)
    page = anybody.post("/public/ask", data={"number": number.lower(), "secret": f" {secret.lower()} "}).text
    assert "已收到" in page and "收了好处" not in page and "向某虚" not in page
    wrong = anybody.post("/public/ask", data={"number": number, "secret": "22222222"})
    absent = anybody.post("/public/ask", data={"number": "TS202001-00001", "secret": "22222222"})
    assert wrong.status_code == absent.status_code == 422 and "不相符" in wrong.text and "不相符" in absent.text


def test_pressed_twice_it_is_one_complaint_with_one_receipt(anybody, cases):
    token = token_of(anybody, "/public/complaint")
    assert receipt(complain(anybody, token).text) == receipt(complain(anybody, token).text)
    assert database.raw("complaints").count_documents({}) == 1


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"content": ""}, "请填写“反映的问题”"), ({"subject": "x"}, "请选择反映的对象"), ({"contact": ""}, "请留联系方式"),
        ({"content": "长" * 3001}, "最多 3000 个字"), ({"township": "433123"}, "没有这个乡镇"), ({"website": "http://x"}, "请留空"),
        ({"once": "forged"}, "再按一次提交"),
    ],
)  # fmt: skip
def test_bad_input_is_said_and_nothing_typed_is_lost(anybody, cases, form, sentence):
    answer = complain(anybody, **form)
    assert answer.status_code == 422 and sentence in answer.text
    assert "某干部虚" in answer.text and database.raw("complaints").count_documents({}) == 0


def test_papers_are_kept_and_what_is_none_is_refused(anybody, cases):
    answer = complain(anybody, file=(io.BytesIO(picture(3)), "证据.jpg"))
    assert answer.status_code == 201 and len(database.raw("complaints").find_one()["papers"]) == 1
    answer = complain(anybody, file=(io.BytesIO(b"MZ\x90"), "x.exe"))
    assert answer.status_code == 422 and 'id="file-wrong"' in answer.text
    assert "某干部虚" in answer.text and database.raw("complaints").count_documents({}) == 1


def test_a_form_that_is_far_too_large_is_answered_before_it_is_read(anybody, cases):
    large = {"content_type": "multipart/form-data; boundary=x", "environ_overrides": {"CONTENT_LENGTH": str(100 << 20)}}
    answer = anybody.post("/public/complaint", data=b"--x--", **large)
    assert answer.status_code == 422 and "合计超过" in answer.text


def test_a_system_that_is_down_does_not_say_that_the_sheet_was_taken_down(anybody, hung, monkeypatch):
    monkeypatch.setattr(store, "read", Mock(side_effect=SetupError("索引缺失")))
    answer = anybody.get(page_of(hung))
    assert answer.status_code == 503 and answer.headers["Retry-After"] and "没有这一页" not in answer.text and "索引" not in answer.text


def test_a_flood_from_one_address_is_stopped(anybody, cases, monkeypatch):
    monkeypatch.setattr("views.public.SUBMISSIONS", 2)
    token = token_of(anybody, "/public/complaint")
    assert [complain(anybody, token).status_code for _ in range(3)] == [201, 201, 429]
    monkeypatch.setattr("views.public.ASKS", 1)
    assert [anybody.post("/public/ask", data={"number": "x"}).status_code for _ in range(2)] == [422, 429]
    assert database.raw(attempts.COLLECTION).count_documents({"_id": {"$regex": "^(public|ask):"}}) == 2


def test_another_site_cannot_send_a_form(anybody, cases):
    answer = anybody.post("/public/complaint", data=COMPLAINT, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403


def test_an_objection_by_anybody_holds_its_household_alone(anybody, hung):
    path = f"/public/objection/{hung['_id']}"
    form = anybody.get(path).text
    assert "龙*虚" in form and not any(name in form for name in NAMES) and str(hung["held"][0].pk) not in form
    typed = {"case": "1", "content": "在县城有房", "received_on": "2026-01-01", "channel": "counter", "once": token_of(anybody, path)}
    answer = anybody.post(path, data=typed)
    assert answer.status_code == 201
    row = database.raw("objections").find_one()
    assert row["received_on"] == DAY.isoformat() and row["channel"] == "web" and row["case"] == hung["rows"][0]["case"]
    states = [item["state"] for item in database.raw("postings").find_one({"_id": hung["_id"]})["rows"]]
    assert states == ["OBJECTED", "UP", "UP"]
    number, secret = receipt(answer.text)
    assert "公示异议" in anybody.post("/public/ask", data={"number": number, "secret": secret}).text


@pytest.mark.parametrize("case", ["", "0", "9", "-1", "$ne"])
def test_a_household_that_is_not_on_the_sheet_cannot_be_objected_to(anybody, hung, case):
    path = f"/public/objection/{hung['_id']}"
    answer = anybody.post(path, data={"case": case, "content": "在县城有房", "once": token_of(anybody, path)})
    assert answer.status_code == 422 and "公示表中的一户" in answer.text and "在县城有房" in answer.text
