"""Reads a finished page for somebody who reads English: its texts and the attributes that are shown, nothing that is sent back."""

import html
import json
import re

from flask import request

from views.language import scripts
from views.language.catalogue import is_english
from views.language.keys import HAN
from views.language.reader import read, singular

TOKEN = re.compile(r"<!--.*?-->|<[^<>]*>|[^<]+|<", re.DOTALL)
TAG = re.compile(r"<(/?)([a-zA-Z][\w-]*)")
SHOWN = re.compile(
    r'(?<= )(title|aria-label|aria-description|placeholder|alt|label|data-label|data-confirm|data-title|data-empty|data-picked|data-unit)="([^"]*)"'
)
BUTTON = re.compile(r'(?<= )(value)="([^"]*)"')
PASSED = {"script", "style", "textarea", "pre"}
"""Elements whose content is no text of the page; what somebody typed is never touched."""
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "use", "path", "circle", "rect", "line"}
CHINESE = ("public.", "static")
"""Pages for villagers stay Chinese, as papers do: they are what the law orders to be made known."""


def init_app(app):
    app.after_request(_answer)


def _answer(answer):
    if answer.mimetype == "text/html" and not answer.direct_passthrough and is_english() and not (request.endpoint or "").startswith(CHINESE):
        answer.set_data(translate(answer.get_data(as_text=True)).replace("</body>", f"{_words()}</body>", 1))
    return answer


def _words():
    """Return what the scripts say, as data of the page: nothing that runs."""
    return f'<script type="application/json" id="words">{json.dumps(scripts.words()).replace("<", chr(92) + "u003c")}</script>'


def translate(page: str) -> str:
    """Return the page with every Chinese text in English. Elements marked translate="no" keep what stands in them."""
    if not HAN.search(page):
        return page
    out, closing, depth = [], "", 0
    for token in TOKEN.findall(page):
        tag = TAG.match(token)
        if tag:
            name = tag[2].lower()
            if closing:
                depth += name == closing and (-1 if tag[1] else 0 if token.endswith("/>") else 1)
                closing = closing if depth else ""
            elif not tag[1] and (name in PASSED or (name not in VOID and 'translate="no"' in token)):
                closing, depth = name, 1
            out.append(_tag(token, name) if not closing or (depth == 1 and not tag[1] and name == closing) else token)
        else:
            out.append(token if closing else _text(token))
    return "".join(out)


def _text(token):
    if token.startswith("<"):
        return token
    if not HAN.search(token):
        return singular(read(token))  # a mark between two values may be Chinese
    return html.escape(read(html.unescape(token)), quote=False)


def _tag(token, name):
    if not HAN.search(token):
        return token
    token = SHOWN.sub(_attribute, token)
    return BUTTON.sub(_attribute, token) if name == "input" and re.search(r'type="(submit|button|reset)"', token) else token


def _attribute(found):
    return f'{found[1]}="{html.escape(read(html.unescape(found[2])))}"' if HAN.search(found[2]) else found[0]
