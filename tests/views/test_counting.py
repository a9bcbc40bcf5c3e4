"""Numbers in the menu are asked once a minute and person, and never grow without bound."""

from views import counting


def test_a_number_is_asked_once_a_minute(monkeypatch):
    counting.forget()
    asked, now = [], [1000.0]
    monkeypatch.setattr(counting.time, "monotonic", lambda: now[0])
    for second in (0, 30, 59, 60, 61):
        now[0] = 1000.0 + second
        counting.once_a_minute(("work", "one"), lambda: asked.append(now[0]))
    assert asked == [1000.0, 1060.0]


def test_each_person_has_own_numbers():
    counting.forget()
    assert counting.once_a_minute(("work", "one"), lambda: 1) == 1
    assert counting.once_a_minute(("work", "two"), lambda: 2) == 2


def test_what_is_remembered_stays_bounded(monkeypatch):
    counting.forget()
    monkeypatch.setattr(counting, "MOST", 10)
    for number in range(100):
        assert counting.once_a_minute(("work", number), lambda number=number: number) == number
    assert len(counting._remembered) <= 10


def test_more_than_the_bound_is_said_so():
    assert counting.shown(1001, 1000) == "1000+" and counting.shown(1000, 1000) == "1000"
