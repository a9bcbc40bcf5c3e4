"""Papers that come with an action: the inputs for them, and what a request brings, kept only if the action is stored."""

import base64
import binascii
from contextlib import contextmanager

from flask import request
from flask_babel import gettext as _

from adminapp import files
from adminapp.errors import Invalid
from adminapp.workflow.machine import ACTIONS

MOST_AT_ONCE = 20
INK = "data:image/png;base64,"


def inputs(action) -> list[dict]:
    """Return what components/evidence.html shows for an action; ink that was drawn comes back after a refusal."""
    return [
        {
            "name": f"file-{item.document}",
            "ink": f"ink-{item.document}" if item.kind == "signature" else "",
            "drawn": request.form.get(f"ink-{item.document}", ""),
            "label": _(item.label),
            "help": _(item.help) if item.help else "",
            "required": item.required,
            "camera": item.kind in ("photos", "signature"),
            "accept": "image/jpeg,image/png" if item.kind == "photos" else files.ACCEPT,
        }
        for item in action.evidence
    ]


@contextmanager
def received(move, action: str):
    """Yield the entries of the papers in this request; when the block fails their bytes go again.

    Raise Invalid with a sentence for each that is not taken.
    """
    kept, problems = [], []
    for item in ACTIONS[action].evidence:
        for name, data in _sent(item):
            try:
                kept.append(files.prepare(move.case, move.actor, item.document, name, data))
            except Invalid as error:
                problems.append(f"{_(item.label)} {name[-60:]}：{error}")
    try:
        if problems:
            raise Invalid(problems)
        yield kept
    except BaseException:
        files.discard(kept)
        raise


def chosen_files(name: str) -> list:
    """Return the files that were chosen in an input. Raise Invalid when there are more than are taken at once."""
    found = [file for file in request.files.getlist(name) if file.filename]
    if len(found) > MOST_AT_ONCE:
        raise Invalid([_("一次最多 %(n)s 个文件", n=MOST_AT_ONCE)])
    return found


def _sent(item):
    """Yield (name, bytes) of the files and of the drawn signature of one input."""
    for file in chosen_files(f"file-{item.document}"):
        yield file.filename, file.read(files.LARGEST + 1)
    drawn = request.form.get(f"ink-{item.document}", "")
    if drawn.startswith(INK):
        try:
            yield f"{_(item.label)}.png", base64.b64decode(drawn.removeprefix(INK), validate=True)
        except (binascii.Error, ValueError):
            raise Invalid([_("签名没有传上来，请重新签名")]) from None
