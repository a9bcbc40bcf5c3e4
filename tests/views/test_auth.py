"""Signing in and out, and what a session is worth."""


def test_a_clerk_signs_in_and_sees_the_start_page(login):
    answer = login("clerk.tuojiang").get("/", follow_redirects=True)
    assert answer.status_code == 200
    assert "虚构" in answer.text
