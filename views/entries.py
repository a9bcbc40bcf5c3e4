"""Entries of registers that townships fill in: making one, looking at it, correcting it by another one, striking it out."""

from bson import ObjectId
from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import disclosure, divisions, engine
from adminapp.declaration.model import Option
from adminapp.errors import Conflict, Forbidden, Invalid, NotFound
from adminapp.registers import entries, model
from adminapp.registers.cells import Reader
from adminapp.registers.entry import STATES, TONES
from adminapp.workflow.action import entry, text
from views.cases.history import moment
from views.plainforms import fail, form_class, section

blueprint = Blueprint("entries", __name__, url_prefix="/registers/entries")


@blueprint.route("/new/<entry_register>", methods=["GET", "POST"])
def create(entry_register):
    """Fill in an entry; with ?replaces=, one that stands instead of another, which is struck out for the reason given."""
    register = model.get(entry_register, g.actor)
    if not entries.may_write(g.actor, register):
        raise NotFound if register.entry is None else Forbidden
    old = _replaced(register)
    posted = request.form if request.method == "POST" else None
    form = form_class(_fields(register, old))(posted, data=None if posted else _defaults(register, old))
    if request.method == "POST" and form.validate():
        typed = {key: value.strip() if isinstance(value, str) else value for key, value in form.typed().items()}
        try:
            row = entries.add(
                register, typed.pop("village", "") or "", typed, g.actor, request.form.get("once", ""), old, typed.pop("reason", "") or "",
                standards=engine.current().standards,
            )  # fmt: skip
        except (Invalid, Conflict) as error:
            fail(form, error)
        else:
            flash(_("已更正，原来的一行已划去。") if old else _("已登记 %(id)s。", id=row["_id"]), "success")
            return redirect(url_for("entries.show", entry_id=row["_id"]), 303)
    return render_template(
        "entries/form.html", form=form, register=register, old=old, sections=[section(form)], once=request.form.get("once") or ObjectId(),
        action=url_for("entries.create", entry_register=register.key, replaces=old["_id"] if old else None),
        back=url_for("entries.show", entry_id=old["_id"]) if old else url_for("registers.show", register_key=register.key),
    ), 422 if form.errors or form.form_errors else 200  # fmt: skip


@blueprint.get("/<entry_id>")
def show(entry_id):
    return _page(*entries.get(entry_id, g.actor))


@blueprint.post("/<entry_id>/strike")
def strike(entry_id):
    """Strike an entry out for a reason; it stays in the register."""
    row, register = entries.get(entry_id, g.actor)
    try:
        entries.strike(row, g.actor, request.form.get("reason", ""))
    except (Invalid, Conflict) as error:
        flash(_problem(error), "error")
        return _page(*entries.get(entry_id, g.actor), status=error.status)
    flash(_("已划去。"), "success")
    return redirect(url_for("registers.show", register_key=register.key), 303)


def _problem(error):
    found = [sentence for problem in getattr(error, "problems", None) or () for sentences in problem.values() for sentence in sentences]
    return "；".join(found) or str(error)


def _replaced(register):
    if not (number := request.args.get("replaces", "")):
        return None
    row, of = entries.get(number, g.actor)
    if of.key != register.key:
        raise NotFound
    return row


def _fields(register, old):
    places = [(code, name) for code, name in divisions.township_choices() if g.actor.reaches(code)]
    villages = [(code, name) for place, _name in places for code, name in divisions.village_choices(place) if g.actor.reaches(place, code)]
    options = tuple(Option(code=code, label=name) for code, name in villages)
    why = [text("reason", _("更正理由"), help=_("原来的一行会划去，并写上这个理由"))] if old else []
    return [entry("village", _("村（社区）"), "choice", options=options), *(field for field in register.entry.fields if field.kind != "computed"), *why]


def _defaults(register, old):
    return {"village": old["village"], **entries.plain(old, register)} if old else {}


def _page(row, register, status=200):
    reader = Reader(register, dict(engine.current().registry.latest()), g.actor, disclosure.LIST)
    valid, writes = row["state"] == entries.VALID, entries.may_write(g.actor, register, row["township"])
    return render_template(
        "entries/show.html", row=row, register=register, facts=_facts(row, register, reader),
        state={"text": _(STATES[row["state"]]), "tone": TONES[row["state"]]}, may_change=valid and writes,
        correct_url=url_for("entries.create", entry_register=register.key, replaces=row["_id"]), struck_at=moment(row["struck"]["at"]) if row["struck"] else "",
        made_at=moment(row["at"]),
    ), status  # fmt: skip


def _facts(row, register, reader):
    """Return what the entry says, field by field, masked as in the register."""
    columns = {column.path: column for column in register.columns}
    found = [(_("村（社区）"), divisions.full_name(row["village"]))]
    for field in register.entry.fields:
        value, column = row["data"].get(field.id), columns.get(f"data.{field.id}")
        if column is not None:
            found.append((field.label, reader.value(row, column)))
        elif field.kind != "id_number":
            found.append((field.label, _(("否", "是")[value]) if isinstance(value, bool) else value))
    return [{"label": label, "value": str(value)} for label, value in found if value not in (None, "")]
