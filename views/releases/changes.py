"""The differences a release makes, as its page shows them."""

from flask_babel import gettext as _

from adminapp.declaration import DeclarationError, read_text
from adminapp.errors import Invalid, NotFound
from adminapp.releases.comparing import compare_standards, compare_types
from adminapp.standards import from_text

KINDS = {"added": "good", "removed": "bad", "changed": "", "moved": "info", "order": ""}
MOST_READERS = 40


def of_release(row: dict, engine) -> list[dict]:
    """Return ``{title, base, problem, rows, new}`` of each item. What was published is compared with what it followed."""
    return [(_type if item["kind"] == "type" else _standards)(row, item, engine) for item in row["items"]]


def _type(row, item, engine):
    shown = {"title": item["title"], "base": "", "problem": "", "rows": [], "new": None}
    try:
        new = read_text(item["text"] or "", item["title"])
    except (DeclarationError, Invalid) as error:
        return shown | {"problem": str(error)}
    try:
        old = engine.registry.get(item["key"], item["base"]) if item["base"] else None
    except NotFound:
        old = None
    if old is None:
        facts = [(_("字段"), len(new.fields)), (_("资格条件"), len(new.eligibility)), (_("步骤"), len(new.steps)), (_("材料"), len(new.documents))]
        return shown | {"base": _("新类型"), "new": facts}
    found = compare_types(old.relief_type, new, engine.standards, engine)
    return shown | {"base": _("与第 %(n)s 版相比", n=old.version), "rows": [row_of(one) for one in found]}


def _standards(row, item, engine):
    shown = {"title": item["title"], "base": _("与起草时的标准表相比"), "problem": "", "rows": [], "new": None}
    try:
        new = from_text(item["text"] or "")
    except Invalid as error:
        return shown | {"problem": str(error)}
    return shown | {"rows": [row_of(one) for one in compare_standards(engine.standards_store.at(item["base"]), new, engine)]}


def row_of(difference) -> dict:
    """Return one difference for releases/_changes.html."""
    change = difference.change
    readers = [(title, [str(use).partition("：")[2] or str(use) for use in found[:MOST_READERS]], len(found)) for title, found in difference.readers if found]
    return {
        "kind": change.kind, "tone": KINDS[change.kind], "place": change.place, "word": change.word, "before": change.before, "after": change.after,
        "sentence": str(change), "readers": readers, "reach": difference.reach,
    }  # fmt: skip
