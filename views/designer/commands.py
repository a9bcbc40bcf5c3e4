"""What a person does on the screen, as operations on the draft: one function for each `do`.

Each takes the scene and what was posted and returns a Command: the parts of the operation, and which item is looked at then.
"""

from dataclasses import dataclass

from flask_babel import gettext as _

from adminapp.declaration.model import Field, NoticeText, Section
from adminapp.declaration.vocabulary import word
from adminapp.drafts import beginnings
from adminapp.drafts.content import KEY, ROOT, item_class, kind_of, types_of
from adminapp.drafts.ids import new_id
from adminapp.errors import Invalid
from adminapp.fields import KINDS
from adminapp.notices.kinds import KINDS as NOTICES
from adminapp.notices.own_wording import worded
from adminapp.workflow.machine import STEPS
from views.designer.inputs import children
from views.designer.values import LABELS, MADE, ids_beside, setting, taken_ids

MOST_LINES = 200


@dataclass
class Command:
    """`at` is the key of the item that is looked at afterwards, "new" for the one that is added, None to stay."""

    parts: list
    at: str | None = None


def command(scene, form) -> Command:
    """Return the operation of a posted form. Raise Invalid with a sentence."""
    function = COMMANDS.get(form.get("do", ""))
    if function is None:
        raise Invalid(_("这次修改的内容无法识别。"))
    return function(scene, form)


def place_of(scene, key):
    place = scene.places.get(key or "")
    if place is None:
        raise Invalid(_("这一项已经不在草稿里，可能刚刚被别人删除。"))
    return place


# Values


def change(scene, form) -> Command:
    """Set one property: `item`, `name`, `value` (several for lists of words)."""
    place, name = place_of(scene, form.get("item")), form.get("name", "")
    values = form.getlist("value")
    return Command(setting(scene, place, name, values))


def fill(scene, form) -> Command:
    """Set what was changed in a form without script: p.<name> against was.<name>."""
    place, parts = place_of(scene, form.get("item")), []
    for field in form:
        name = field.removeprefix("p.")
        if field.startswith("p.") and form.getlist(field) != form.getlist(f"was.{name}"):
            parts += setting(scene, place, name, [one for one in form.getlist(field) if one])
    if not parts:
        raise Invalid(_("没有要保存的修改。"))
    return Command(parts, place.key)


# Items


def add(scene, form) -> Command:
    """Add an item: `item` is the owner, `name` the list; `kind` of a field, `lines` for several at once, `after` the place."""
    owner, name = place_of(scene, form.get("item")), form.get("name", "")
    inner = item_class(kind_of(owner.cls, name))
    if inner is None:
        raise Invalid(_("这里不能添加。"))
    lines = [line.strip() for line in form.get("lines", "").splitlines() if line.strip()][:MOST_LINES]
    place = {"after": form["after"]} if "after" in form else {}
    identity = scene.draft.locks.identity_name(inner)
    taken, parts = taken_ids(scene, inner, owner.key, name, identity), []
    for line in lines or [""]:
        value = new_item(inner, identity, line, taken, form.get("kind", ""), form.get("code", ""))
        taken.add(value.get(identity, ""))
        parts.append({"do": "add", "item": owner.key, "name": name, "value": value, **place})
    if place and len(parts) > 1:
        parts.reverse()
    return Command(parts, "new")


def add_part(scene, form) -> Command:
    """Add a ready-made section behind the selected one: `part`, `item` what is selected. Fields that are there already are left out."""
    part = beginnings.parts().get(form.get("part", ""))
    if part is None:
        raise Invalid(_("没有这个常用分组。"))
    sections = children(scene, ROOT, "sections")
    inside = [field for section in sections for field in children(scene, section.key, "fields")]
    taken = {place.node.get("id") for place in (*sections, *inside)}
    fields = [field for field in part["fields"] if field["id"] not in taken]
    if not fields:
        raise Invalid(_("“%(title)s”的字段都已经有了。", title=part["title"]))
    if there := next((section for section in sections if section.node.get("id") == part["id"]), None):
        adding = [{"do": "add", "item": there.key, "name": "fields", "value": field} for field in fields]
        return Command(adding, there.key)
    place = scene.places.get(form.get("item", ""))
    while place is not None and place.owner not in ("", ROOT):
        place = scene.places[place.owner]
    value = {**part, "id": new_id(part["title"], taken) if part["id"] in taken else part["id"], "fields": fields}
    adding = {"do": "add", "item": ROOT, "name": "sections", "value": value}
    if place is not None and place.list_name == "sections":
        adding["after"] = place.key
    return Command([adding], "new")


def new_item(cls, identity, label, taken, kind="", code="") -> dict:
    """Return a new item: a label, an id made from it, what its kind begins with."""
    value = {}
    if cls is Field:
        found = KINDS.get(kind, KINDS["text"])
        value = {"kind": found.name, **found.begin}
        label = label or _("新的%(kind)s", kind=found.title)
    own = next((name for name in LABELS if name in types_of(cls)), None)
    if own and identity in MADE:
        label = label or _("新的%(what)s", what=_NAMES.get(cls.__name__, word(cls, own).label))
        value |= {identity: new_id(label, taken), own: label}
    elif code and identity:
        value[identity] = code
    elif own and label:
        value[own] = label
    return value


_NAMES = {
    "Section": "分组",
    "Option": "选项",
    "Document": "材料",
    "Condition": "条件",
    "Term": "项目",
    "Clock": "时限",
    "ReasonCode": "原因",
}


def duplicate(scene, form) -> Command:
    """Add a copy behind an item, with ids of its own."""
    place = place_of(scene, form.get("item"))
    value = _plain(place.node)
    identity = scene.draft.locks.identity_name(place.cls)
    own = next((name for name in LABELS if value.get(name)), None)
    if own:
        value[own] = f"{value[own]}（副本）"
    if identity in value:
        taken = ids_beside(scene, place, identity)
        value[identity] = new_id(value[own] if own else value[identity], taken)
    if place.cls is Section:
        _give_new_ids(scene, value)
    value.pop("retired", None)
    return Command(
        [{"do": "add", "item": place.owner, "name": place.list_name, "value": value, "after": place.key}], "new"
    )


def _plain(node):
    if isinstance(node, dict):
        return {key: _plain(value) for key, value in node.items() if key != KEY}
    return [_plain(item) for item in node] if isinstance(node, list) else node


def _give_new_ids(scene, section):
    taken = {place.node.get("id", "") for place in scene.places.values() if place.cls in (Field, Section)} | {
        section.get("id", "")
    }
    for field in section.get("fields", ()):
        field["id"] = new_id(field.get("label") or field.get("id", ""), taken)
        taken.add(field["id"])


def remove(scene, form) -> Command:
    place = place_of(scene, form.get("item"))
    beside = children(scene, place.owner, place.list_name)
    rest = [one.key for one in beside if one.key != place.key]
    at = rest[min(place.index, len(rest) - 1)] if rest else place.owner
    keeps = scene.draft.locks.on_removal(place, scene.places)
    return Command([{"do": "remove", "item": place.key}], place.key if keeps else at)


def restore(scene, form) -> Command:
    place = place_of(scene, form.get("item"))
    return Command(setting(scene, place, "retired", [""]), place.key)


def move(scene, form) -> Command:
    """Put an item behind another: `to` the owner, `name` the list, `after` a key, "" for the front."""
    place = place_of(scene, form.get("item"))
    part = {
        "do": "move",
        "item": place.key,
        "to": form.get("to") or place.owner,
        "name": form.get("name") or place.list_name,
    }
    if "after" in form:
        part["after"] = form["after"]
    return Command([part], place.key)


def step_up(scene, form) -> Command:
    return _shift(scene, form, -1)


def step_down(scene, form) -> Command:
    return _shift(scene, form, 1)


def _shift(scene, form, by) -> Command:
    """Move an item by one place; a field goes on into the section before or behind."""
    place = place_of(scene, form.get("item"))
    beside = [one.key for one in children(scene, place.owner, place.list_name)]
    at = beside.index(place.key) + by
    part = {"do": "move", "item": place.key, "to": place.owner, "name": place.list_name}
    if 0 <= at < len(beside):
        part["after"] = beside[at] if by > 0 else (beside[at - 1] if at else "")
        return Command([part], place.key)
    owner = scene.places[place.owner]
    homes = [one.key for one in children(scene, owner.owner, owner.list_name)] if owner.key != ROOT else []
    near = homes.index(owner.key) + by if owner.key in homes and owner.cls is Section else -1
    if not 0 <= near < len(homes):
        raise Invalid(_("已经到头了。"))
    inside = children(scene, homes[near], place.list_name)
    part |= {"to": homes[near], "after": "" if by > 0 or not inside else inside[-1].key}
    return Command([part], place.key)


def write_out(scene, form) -> Command:
    """Turn what a type says besides a common notice into a template of its own, to be changed word by word."""
    place = place_of(scene, form.get("item"))
    kind = NOTICES.get(place.node.get("notice", ""))
    if place.cls is not NoticeText or kind is None:
        raise Invalid(_("先选是哪一种文书。"))
    template = worded(scene.thing.notices[place.index], kind.default_template())
    values = {"template": template, "title": "", "paragraphs": []}
    parts = [{"do": "set", "item": place.key, "name": name, "value": value} for name, value in values.items()]
    return Command([part for part in parts if place.node.get(part["name"]) or part["value"]], place.key)


def write_common(scene, form) -> Command:
    """Give up a template of its own for the common one."""
    place = place_of(scene, form.get("item"))
    return Command([{"do": "set", "item": place.key, "name": "template", "value": ""}], place.key)


def switch(scene, form) -> Command:
    """Turn a step of the procedure on or off, at its place in the order of the machine."""
    name = form.get("step", "")
    if name not in STEPS:
        raise Invalid(_("没有这个步骤。"))
    present = {place.node.get("step"): place for place in children(scene, ROOT, "steps")}
    if name in present:
        return Command([{"do": "remove", "item": present[name].key}])
    order = list(STEPS)
    before = [place.key for key, place in present.items() if key in order and order.index(key) < order.index(name)]
    return Command(
        [{"do": "add", "item": ROOT, "name": "steps", "value": {"step": name}, "after": before[-1] if before else ""}],
        "new",
    )


COMMANDS = {
    "set": change, "fill": fill, "add": add, "part": add_part, "copy": duplicate, "remove": remove, "restore": restore,
    "move": move, "up": step_up, "down": step_down, "switch": switch, "own": write_out, "common": write_common,
}  # fmt: skip
