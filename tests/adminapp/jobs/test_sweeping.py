"""One bad item of a sweep is logged and keeps no other from its turn."""

import pytest

from adminapp.errors import Invalid
from adminapp.jobs.sweeping import each


def test_one_that_fails_is_logged_and_the_others_have_their_turn(caplog):
    done = []

    def do(item):
        if item["_id"] == "YY-2":
            raise Invalid("本件应当民主评议")
        done.append(item["_id"])

    assert each([{"_id": f"YY-{n}", "name": "向某虚"} for n in (1, 2, 3)], do) == 2
    assert done == ["YY-1", "YY-3"] and "YY-2" in caplog.text and "向某虚" not in caplog.text


def test_the_death_of_the_process_is_not_held_up():
    with pytest.raises(KeyboardInterrupt):
        each([1], lambda item: (_ for _ in ()).throw(KeyboardInterrupt))
