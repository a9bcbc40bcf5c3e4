"""The reserve on the screens: advanced, paid out of on the case page, receipted, printed, settled; and what each of the others is told."""

import io
import re

import pytest
from pypdf import PdfReader

from adminapp import database, dates
from adminapp.reserve import book
from tests.conftest import HERE, THERE
from tests.exports.notices import faces as ready
from tests.test_walks import CLERK, DAY, DEPUTY, HEAD, REVIEWER, begin  # noqa: F401 - fixture
from tests.world import PDF

BOOK = f"/reserve/{HERE}"


@pytest.fixture(autouse=True)
def faces(app_settings):
    ready.lend(app_settings.home)


def act(browser, step, **typed):
    """Take a step with the book as its page offers it."""
    page = browser.get(BOOK).text
    found = re.search(r'name="move" value="([^"]+)"', page)
    revs = re.findall(r'name="rev" value="(\d+)"', page)
    return browser.post(f"{BOOK}/act", {"step": step, "rev": revs[-1] if revs else "0", **({"move": found[1]} if found else {}), **typed})


@pytest.fixture
def granted(begin):  # noqa: F811
    """Return a walk whose urgent relief was confirmed by the township head and granted."""
    walk = begin("temporary", "old_alone", urgent=True, immediate=True, values={"severity": "light", "persons": 1, "months": 1})
    walk.on = dates.add_workdays(DAY, 2)
    walk.done(CLERK, "submit").done(CLERK, "accept", relative="no").done(CLERK, "skip_survey").opinion().done(CLERK, "submit_confirm")
    walk.confirm().grant()
    return walk


def test_relief_is_paid_on_the_spot_and_the_month_is_settled(granted, browser, login):
    walk = granted
    with dates.frozen(walk.on):
        reviewer, finance, clerk, deputy, head = (walk.login(name) for name in (REVIEWER, "finance", CLERK, DEPUTY, HEAD))
        pay = f"/reserve/pay/{walk.pk}"
        assert "备用金余额不足" in clerk.get(pay).text
        answer = act(reviewer, book.ADVANCE, amount="3000", reason="预拨备用金")
        assert answer.status_code == 303, answer.text[-2000:]
        assert act(finance, "confirm", voucher="拨 001", date=walk.on.isoformat()).status_code == 303

        assert head.get(pay).status_code == 403, "who confirms does not pay"
        typed = {"way": "cash", "on": walk.on.isoformat(), "receiver": "本人", "voucher": "收 001"}
        assert clerk.post(pay, typed | {"receiver": " "}).status_code == 422
        paid = clerk.post(pay, typed)
        assert paid.status_code == 303, paid.text[-2000:]
        again = clerk.post(pay, typed)
        assert again.status_code in (409, 422) and "不能再由备用金支付" in again.text

        entry = paid.location
        page = clerk.get(entry).text
        assert "上传签收单" in page and walk.case().number in page
        stopped = act(deputy, "submit")
        assert stopped.status_code == 422 and "还没有上传签收单" in stopped.text
        bad = clerk.post(f"{entry}/receipt", {"receipt": (io.BytesIO(b"<html>"), "x.pdf")}, content_type="multipart/form-data")
        assert bad.status_code == 422
        sent = clerk.post(f"{entry}/receipt", {"receipt": (io.BytesIO(PDF), "签收单.pdf")}, content_type="multipart/form-data")
        assert sent.status_code == 303, sent.text[-2000:]
        assert "备用金领款签收单" in clerk.get(f"/cases/temporary/{walk.pk}").text

        assert act(deputy, "submit").status_code == 303
        assert act(reviewer, "approve").status_code == 303
        month = dates.month_of(walk.on)
        words = "".join(each.extract_text() for each in PdfReader(io.BytesIO(reviewer.get(f"{BOOK}/book.pdf?month={month}").data)).pages)
        assert "备用金" in words and walk.case().name in words
        assert reviewer.get(f"{BOOK}/book.xlsx?month={month}").data.startswith(b"PK")
        assert database.raw("audit").count_documents({"kind": "export", "data.township": HERE}) == 2


def test_money_that_nobody_collected_goes_back_into_the_book(granted):
    walk = granted
    with dates.frozen(walk.on):
        act(walk.login(REVIEWER), book.ADVANCE, amount="3000", reason="预拨备用金")
        act(walk.login("finance"), "confirm", voucher="拨 001", date=walk.on.isoformat())
        clerk = walk.login(CLERK)
        entry = clerk.post(f"/reserve/pay/{walk.pk}", {"way": "cash", "on": walk.on.isoformat(), "receiver": "本人", "voucher": "收 001"}).location
        assert clerk.post(f"{entry}/refund", {"amount": "999999", "reason": "没有领取"}).status_code == 422
        amount = re.search(r"-([\d,.]+) 元", clerk.get(entry).text)[1]
        assert clerk.post(f"{entry}/refund", {"amount": amount, "reason": "本人外出，没有领取"}).status_code == 303
        assert book.balance(HERE) == 300000


def test_another_township_and_who_has_no_business_find_nothing(granted, login):
    walk = granted
    with dates.frozen(walk.on):
        clerk = walk.login(CLERK)
        assert clerk.get(f"/reserve/{THERE}").status_code == 404 and clerk.get("/reserve/999").status_code == 404
        assert walk.login("policy").get("/reserve/").status_code == 403
        assert act(clerk, book.ADVANCE, amount="1", reason="自己拨").status_code in (403, 404, 422)
        assert book.balance(HERE) == 0
