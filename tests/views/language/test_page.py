"""A finished page read in English: texts and shown attributes, never what is sent back, typed, run, or a name."""

import re

import pytest

from views.language import catalogue, page, scripts


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("<p>登记申请</p>", "<p>Register an application</p>"),
        ('<input value="登记申请" placeholder="登记申请">', '<input value="登记申请" placeholder="Register an application">'),
        ('<input type="submit" value="登记申请">', '<input type="submit" value="Register an application">'),
        ("<textarea>登记申请</textarea><p>登记申请</p>", "<textarea>登记申请</textarea><p>Register an application</p>"),
        ("<script>x='登记申请'</script>", "<script>x='登记申请'</script>"),
        ('<b translate="no">登记申请<i>登记申请</i></b><p>登记申请</p>', '<b translate="no">登记申请<i>登记申请</i></b><p>Register an application</p>'),
        ('<option value="登记申请">登记申请</option>', '<option value="登记申请">Register an application</option>'),
        ('<td data-label="登记申请" data-row="登记申请">1</td>', '<td data-label="Register an application" data-row="登记申请">1</td>'),
        ("<p>登记申请 &amp; &lt;b&gt;</p>", "<p>Register an application &amp; &lt;b&gt;</p>"),
        ("<p>1 persons</p><p>登记申请</p>", "<p>1 person</p><p>Register an application</p>"),
        ("<p>登记申请</p><b>A</b>、<b>B</b>：1", "<p>Register an application</p><b>A</b>, <b>B</b>: 1"),
        ("<p>plain</p>", "<p>plain</p>"),
    ],
)
def test_a_page_is_read(chinese, english):
    assert page.translate(chinese) == english


@pytest.mark.parametrize("text", ["<p>登记申请", "<b translate=\"no\">登记", "a < b 登记申请", "<p title=登记申请>", "登记申请"])
def test_a_broken_page_stays_a_page(text):
    assert re.sub("[^<>]", "", page.translate(text)) == re.sub("[^<>]", "", text)


def test_markup_in_a_text_stays_text():
    assert "<b>" not in page.translate("<p>找不到“&lt;b&gt;登记申请&lt;/b&gt;”</p>").replace("<p>", "")


def test_english_comes_with_the_words_of_the_scripts_and_chinese_with_nothing(login):
    browser = login("clerk.tuojiang")
    chinese = browser.get("/sessions").text
    assert 'id="words"' not in chinese and 'lang="zh-Hans"' in chinese
    browser.post("/language/en")
    english = browser.get("/sessions").text
    assert 'id="words"' in english and "Unsaved changes" in english and 'lang="en"' in english
    assert set(scripts.words()) == set(scripts.TEXTS)


def test_every_text_the_scripts_say_is_known():
    folder = page.__file__.replace("language/page.py", "static/js")
    said = set()
    from pathlib import Path

    for path in Path(folder).glob("*.js"):
        said.update(re.findall(r'words\("([^"]+)"', path.read_text("utf-8")))
    assert said == set(scripts.TEXTS)


def test_what_is_stored_stays_chinese_when_an_english_reader_acts(login, cases):
    from adminapp import database
    from tests.conftest import HERE

    case = cases.open(f"{HERE}001")
    browser = login("clerk.tuojiang")
    browser.post("/language/en")
    answer = browser.get(f"/cases/demo/{case.id}")
    assert answer.status_code == 200 and "Timeline" in answer.text
    assert all(not event.get("label") or not event["label"].isascii() for event in database.raw("events").find({"case": case.id}))


def test_the_language_of_a_page_is_not_asked_for_each_of_its_texts(login, monkeypatch):
    browser, asked, is_english = login("clerk.tuojiang"), [], catalogue.is_english
    monkeypatch.setattr(catalogue, "is_english", lambda: asked.append(1) or is_english())
    for code, text in (("zh", "我的会话"), ("en", "My sessions")):
        browser.post(f"/language/{code}")
        asked.clear()
        assert text in browser.get("/sessions").text and len(asked) < 6  # domain, menu, finished page
