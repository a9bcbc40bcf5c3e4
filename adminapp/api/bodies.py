"""What may stand in the JSON of a request, whatever it is for: an object, not nested without end, whole characters."""

import re
from itertools import islice

from adminapp.errors import Invalid

MOST_LEVELS = 20
MOST_TOLD = 20
HALF = re.compile("[\ud800-\udfff]")
"""Half of a character: JSON can write one (``"\\ud800"``), no database and no answer can hold it."""


def check(found) -> dict:
    """Return the object that was sent. Raise Invalid, with the path of each text that is none."""
    if not isinstance(found, dict):
        raise Invalid("请求内容要是 JSON 对象")
    if wrong := list(islice(_halves(found, "", MOST_LEVELS), MOST_TOLD)):
        sentence = "有不完整的字符（不成对的 UTF-16 代理项）"
        raise Invalid(sentence, problems=[{path: [sentence]} for path in wrong])
    return found


def _halves(value, path, levels):
    """Yield the path of each text that holds half a character; of a name that does, the path of its object."""
    if not levels:
        raise Invalid("请求内容嵌套太深")
    if isinstance(value, str) and HALF.search(value):
        yield path or "/"
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _halves(item, f"{path}/{number}", levels - 1)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from [path or "/"] if HALF.search(name) else _halves(item, f"{path}/{name}", levels - 1)
