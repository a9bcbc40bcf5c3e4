"""A login is told by browser and system, as people know them."""

import pytest

from views.agents import said

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.2"
ANDROID = "Mozilla/5.0 (Linux; Android 14; V2301A) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (f"{WINDOWS} Chrome/120.0.0.0 Safari/537.36", "Chrome 120 · Windows"),
        (f"{WINDOWS} Chrome/120.0.0.0 Safari/537.36 Edg/121.0.2277.83", "Edge 121 · Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0", "Firefox 115 · Linux"),
        (f"{ANDROID} Chrome/116.0.0.0 Mobile Safari/537.36 XWEB/116 MMWEBSDK/2023 MicroMessenger/8.0.44.2502(0x2800)", "微信 8 · Android"),
        (f"{IPHONE} Mobile/15E148 Safari/604.1", "Safari 17 · iPhone"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", ""),
    ],
)
def test_browser_and_system_are_named(agent, words):
    assert said(agent) == words
