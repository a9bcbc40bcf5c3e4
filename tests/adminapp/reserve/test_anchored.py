"""The anchors hold the book of a reserve: one that was made anew from its first entry fits by itself and is found all the same."""

import json

import pytest

from adminapp import anchors, dates
from adminapp.reserve import book, proof
from adminapp.scope import acting
from tests.adminapp.reserve.conftest import CLERK, DAY, HOME, OTHER


@pytest.fixture
def kept(settings, tmp_path):
    return settings.replaced(anchors=tmp_path / "anchors")


def put(amount, key, township=HOME):
    return book.append(township, key, book.ADVANCE if amount > 0 else book.GIVEBACK, amount, CLERK, DAY)


@pytest.fixture
def anchored(database, kept):
    with acting(CLERK), dates.frozen("2026-09-15"):
        for number, amount in enumerate((500000, -30000, -20000), 1):
            put(amount, f"k{number}")
        put(90000, "elsewhere", OTHER)
    with acting(CLERK), dates.frozen("2026-09-16"):
        anchors.make(kept)
    assert list(anchors.verify(kept)) == []


def rewrite(database, change):
    """Let somebody who knows the program make the book anew, so that numbers, balances and digests fit."""
    rows = change(list(database[book.COLLECTION].find({"township": HOME}, sort=[("n", 1)])))
    balance, digest = 0, ""
    for n, row in enumerate(rows, 1):
        balance += row["amount"]
        row |= {"_id": book.entry_id(HOME, n), "n": n, "balance": balance, "prev": digest}
        row["digest"] = digest = book.digest_of(row)
    database[book.COLLECTION].delete_many({"township": HOME})
    database[book.COLLECTION].insert_many(rows)


def another_amount(rows):
    rows[1]["amount"] = -10000
    return rows


def another_hand(rows):
    rows[0]["by_name"] = "别人虚构"
    return rows


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (another_amount, "第 3 号与存证不同"),
        (another_hand, "第 3 号与存证不同"),
        (lambda rows: rows[:2], "第 3 号缺失"),
        (lambda rows: [rows[0], rows[2]], "第 3 号缺失"),
        (lambda rows: [rows[0], rows[2], rows[1]], "第 3 号与存证不同"),
    ],
)
def test_a_book_made_anew_with_fitting_digests_is_named(database, anchored, kept, change, sentence):
    rewrite(database, change)
    assert list(proof.sentences()) == [], "the book fits by itself"
    [found] = anchors.verify(kept)
    assert "备用金" in found and sentence in found and "2026-09-16 存证" in found


def test_a_book_that_grows_stays_whole_and_only_what_grew_is_anchored(database, anchored, kept):
    with acting(CLERK), dates.frozen("2026-09-18"):
        put(-100, "later")
        second = anchors.make(kept)
    assert list(second["reserve"]) == [HOME] and second["reserve"][HOME][0] == 4
    assert list(anchors.verify(kept)) == []
    rewrite(database, another_amount)
    assert len(list(anchors.verify(kept))) == 2, "both days tell of it"


def test_anchors_of_earlier_releases_still_count(database, anchored, kept):
    path = kept.anchor_folder / "000001.json"
    old = json.loads(path.read_text("utf-8"))
    del old["reserve"]
    path.unlink()
    path.write_text(json.dumps(old), "utf-8")
    assert list(anchors.verify(kept)) == ["存证第 1 号被改动"], "what was signed cannot lose a part"
    old["mac"] = anchors._mac(kept, old)
    path.write_text(json.dumps(old), "utf-8")
    assert list(anchors.verify(kept)) == []
