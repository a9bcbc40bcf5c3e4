"""The browser and the system a login came from, in the words a person knows them by."""

import re

BROWSERS = {
    "MicroMessenger": "微信", "DingTalk": "钉钉", "QQBrowser": "QQ 浏览器", "UCBrowser": "UC 浏览器", "HuaweiBrowser": "华为浏览器",
    "Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari",
}  # fmt: skip
"""What stands before the version in the header → the name; those that call themselves Chrome too come first."""
SYSTEMS = {
    "HarmonyOS": "HarmonyOS", "OpenHarmony": "HarmonyOS", "Android": "Android", "iPhone": "iPhone", "iPad": "iPad",
    "Windows": "Windows", "Macintosh": "Mac", "Linux": "Linux",
}  # fmt: skip


def said(agent: str) -> str:
    """Return browser, its main version and system of a User-Agent header, such as "Chrome 120 · Windows"; what is no browser as it stands."""
    for token, name in BROWSERS.items():
        if found := re.search(rf"{token}\w*/(\d+)", agent):
            version = (re.search(r"Version/(\d+)", agent) or found)[1] if token == "Safari" else found[1]
            system = next((label for word, label in SYSTEMS.items() if word in agent), "")
            return " · ".join(filter(None, (f"{name} {version}", system)))
    return agent
