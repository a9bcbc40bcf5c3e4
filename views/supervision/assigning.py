"""What is done with one or several picked checks: naming visitors, agreeing with visits that found all well, printing sheets."""

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import audit, dates, engine
from adminapp.declaration.model import Option
from adminapp.errors import Invalid, NotFound, ReliefError
from adminapp.outputs import outputs
from adminapp.supervision import checks, course, independence, paper
from adminapp.workflow.action import entry, text
from views import plainforms
from views.addresses import own
from views.downloads import send_bytes
from views.supervision.checklist import columns, rows_of

MOST = 200
SHEETS = 60


def read_picked(most: int) -> list[dict]:
    """Return the picked checks within scope; raise NotFound for none, Invalid for too many."""
    ids = list(dict.fromkeys(request.form.getlist("ids")))
    if not ids:
        raise Invalid(_("没有选中任何一件。"))
    if len(ids) > most:
        raise Invalid(_("一次最多 %(n)s 件，请分批。", n=most))
    found = list(checks.collection().find({"_id": {"$in": ids}, **checks.visible(g.actor)}, sort=[("_id", 1)]))
    if not found:
        raise NotFound
    return found


def _back():
    return own(request.form.get("back") or "", url_for("supervision.checks"))


def assign():
    """Ask who visits the picked checks, and name them for each; one that cannot be is told and stays as it was."""
    try:
        rows = read_picked(MOST)
    except Invalid as error:
        flash(str(error), "error")
        return redirect(_back(), 303)
    going = bool(request.form.get("go"))
    form = plainforms.form_class(_fields(rows))(request.form if going else None, data={"companions": [{}]})
    if going and form.validate():
        refused = _assign(rows, form.typed())
        if len(refused) < len(rows):
            flash(_("已指派 %(n)s 件。", n=len(rows) - len(refused)), "success")
        if not refused or len(rows) > 1:
            for sentence in refused[:20]:
                flash(sentence, "error")
            return redirect(url_for("supervision.show", check_id=rows[0]["_id"]) if len(rows) == 1 else _back(), 303)
        plainforms.fail(form, Invalid([refused[0].partition("：")[2]]))
    return render_template(
        "supervision/assign.html", form=form, columns=columns(), rows=rows_of(rows), ids=[row["_id"] for row in rows],
        back=_back(), section=plainforms.section(form),
    ), 422 if form.errors else 200  # fmt: skip


def _fields(rows):
    people = tuple(Option(code=key, label=name) for key, name in independence.candidates().items())
    again = any(row["state"] == checks.ASSIGNED for row in rows)
    return (
        entry("lead", "带队核查人", "choice", options=people, help="县级经办人员；负责登记结果"),
        entry("second", "核查人", "choice", False, options=people),
        entry("companions", "其他参加人员", "table", False, max_rows=4, help="财政、审计等部门没有本系统账户的人员；不能是被核查乡镇的人员",
              fields=(entry("name", "姓名", "person_name"), entry("unit", "单位", max_length=40))),
        *([text("reason", "改派原因")] if again else []),
    )  # fmt: skip


def _assign(rows, typed) -> list[str]:
    """Name the visitors of each check and return a sentence for each that was refused."""
    people = [username for username in (typed["lead"], typed.get("second")) if username]
    companions = [row for row in typed.get("companions") or () if row.get("name")]
    refused = []
    for row in rows:
        try:
            course.assign(row["_id"], g.actor, row["rev"], people, companions, typed.get("reason") or "")
        except ReliefError as error:
            refused.append(f"{row['name'] or row['number']}：{'；'.join(map(str, getattr(error, 'problems', None) or [error]))}")
    return refused


def agree():
    """Judge the picked checks as consistent where the visit found so; the others are left as they are."""
    try:
        rows = read_picked(MOST)
    except Invalid as error:
        flash(str(error), "error")
        return redirect(_back(), 303)
    done, refused = 0, []
    for row in rows:
        if row["state"] != checks.VISITED or not course.RESULTS[row["result"]].fine:
            continue
        try:
            course.judge(row["_id"], g.actor, row["rev"], True)
            done += 1
        except ReliefError as error:
            refused.append(f"{row['name'] or row['number']}：{error}")
    flash(_("已审定属实 %(n)s 件。", n=done), "success" if done else "warning")
    for sentence in refused[:20]:
        flash(sentence, "error")
    return redirect(_back(), 303)


def sheets():
    """Answer one PDF with the sheet of each picked check, by village, for the way without network."""
    try:
        rows = read_picked(SHEETS)
    except Invalid as error:
        flash(str(error), "error")
        return redirect(_back(), 303)
    rows.sort(key=lambda row: (row["township"], row["village"], row["number"]))
    held = engine.current()
    papers = [paper.sheet(row, held) for row in rows]
    for row in rows:
        audit.log("print", case=row["number"], what="spot_check")
    pdf = outputs["papers"](papers, held.settings.home)
    return send_bytes(pdf, _("抽查核查表_%(day)s_%(n)s件.pdf", day=dates.today(), n=len(rows)), "application/pdf")
