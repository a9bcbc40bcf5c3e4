"""A person's own choices: density of the lines, the folded menu."""

import pytest

from adminapp.auth import users


def test_density_is_chosen_and_kept_and_leads_back(app, login):
    browser = login("clerk.tuojiang")
    referrer = {"Referer": "http://localhost/cases/temporary/?state=draft"}
    answer = browser.post("/preferences/density", {"density": "dense"}, headers=referrer)
    assert answer.status_code == 303 and answer.location == "/cases/temporary/?state=draft"
    assert '<body class="dense">' in browser.get("/sessions").text
    assert users.get("deputy.tuojiang").row.get("preferences") is None
    browser.post("/preferences/density", {"density": ""})
    assert '<body class="dense">' not in browser.get("/sessions").text


def test_an_unknown_density_is_refused(app, login):
    browser = login("clerk.tuojiang")
    assert browser.post("/preferences/density", {"density": "$ne"}).status_code == 400
    assert users.get("clerk.tuojiang").row.get("preferences") is None


@pytest.mark.parametrize("referrer", ["https://elsewhere.example/cases/", "", "http://localhost//elsewhere.example/", "http://[x"])
def test_nobody_is_led_off_the_site(app, login, referrer):
    browser = login("clerk.tuojiang")
    answer = browser.post("/preferences/density", {"density": ""}, headers={"Referer": referrer} if referrer else {})
    assert answer.location == "/"


def test_a_folded_menu_is_folded_from_the_first_byte(app, login):
    browser = login("clerk.tuojiang")
    assert 'class="app"' in browser.get("/sessions").text
    browser.client.set_cookie("side", "mini")
    assert 'class="app mini"' in browser.get("/sessions").text
