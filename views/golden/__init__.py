"""样例: the golden cases of a draft. They run on every look and every check; made from what was tried out, taken away one by one."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import drafts, engine, golden
from adminapp.declaration import to_text
from adminapp.errors import Invalid, NotFound
from adminapp.golden.made import example_from
from adminapp.golden.model import GoldenFile
from adminapp.golden.reader import MOST
from adminapp.golden.reader import check as check_golden
from adminapp.money import format_yuan, parse_yuan
from views.designer import preview, shell, trial
from views.designer.scene import Scene

blueprint = Blueprint("golden", __name__, url_prefix="/designer/drafts/<draft_id>/golden")


@blueprint.get("/")
def show(draft_id):
    draft = drafts.get(draft_id)
    if draft.kind != "type":
        raise NotFound()
    scene = Scene(draft, engine.current())
    return render_template("golden/show.html", **_results(scene), **shell.values(draft, "golden", scene))


def _results(scene):
    """Return ``{rows, problems, columns}``: every example with what it should come to and what it comes to now."""
    examples, problems = _read(scene.draft)
    if examples is None:
        return {"rows": [], "problems": problems}
    try:
        relief_type = preview.showable(scene)
        problems = [str(each) for each in check_golden(examples, relief_type)]
        outcomes = [] if problems else golden.run_all(examples, relief_type, scene.engine.standards)
    except (Invalid, ZeroDivisionError) as error:
        outcomes, problems = [], [str(error)]
    known = {one.example.id: one for one in outcomes}
    return {"rows": [_row(scene.draft, one, known.get(one.id)) for one in examples.cases], "problems": problems}


def _row(draft, example, outcome):
    state, tone = (_("没有算"), "") if outcome is None else (_("通过"), "good") if outcome.passed else (_("不符"), "bad")
    return {
        "id": example.id, "name": example.name, "clause": example.clause, "on": example.on.isoformat(), "expect": _expected(example.expect),
        "state": state, "tone": tone, "differences": outcome.differences if outcome else [],
        "url": url_for("designer.trial", draft_id=draft.id, example=f"{trial.GOLDEN}{example.id}"),
    }  # fmt: skip


def _expected(expect):
    if expect.form:
        return _("表单不能提交")
    if not expect.eligible:
        return _("不符合")
    return _("符合，%(amount)s 元", amount=format_yuan(parse_yuan(expect.amount))) if expect.amount else _("符合")


def _read(draft):
    """Return (golden cases of a draft, problems); None while the text cannot be read."""
    if not draft.golden:
        return GoldenFile(key=draft.key, cases=()), []
    try:
        return golden.read_text(draft.golden), []
    except Invalid as error:
        return None, [str(each) for each in error.problems]


@blueprint.post("/add")
def add(draft_id):
    """Keep what was tried out as an example, expecting what comes out now; one of the same name is replaced."""
    draft, name = drafts.get(draft_id), request.form.get("sample", "").strip()[:80]
    try:
        made = _made(draft, name)
    except Invalid as error:
        flash(str(error), "error")
    else:
        examples, problems = _read(draft)
        if examples is None:
            raise Invalid(problems)
        kept = [made if one.id == made.id else one for one in examples.cases]
        _save(draft, kept if made in kept else [*kept, made])
        flash(_("已存为样例“%(name)s”。每次检查都会核对。", name=name), "success")
    return redirect(url_for(".show", draft_id=draft_id), 303)


def _made(draft, name):
    """Return the example. Raise Invalid with what is missing."""
    if not name:
        raise Invalid(_("请给样例取一个名称。"))
    scene = Scene(draft, engine.current())
    tried = trial.try_out(scene, request.form)
    if tried.values is None:
        raise Invalid(tried.problem or _("算不出来，没有存为样例。"))
    examples, _problems = _read(draft)
    known = {one.name: one for one in examples.cases} if examples else {}
    if len(known) >= MOST:
        raise Invalid(_("最多 %(n)s 个样例。", n=MOST))
    old = known.get(name)
    id = old.id if old else next(f"case{n}" for n in range(1, MOST + 2) if f"case{n}" not in {one.id for one in known.values()})
    return example_from(tried.values, tried.relief_type, id, name, old.clause if old else "", preview.showable(scene))


@blueprint.post("/remove")
def remove(draft_id):
    draft = drafts.get(draft_id)
    examples, problems = _read(draft)
    if examples is None:
        raise Invalid(problems)
    left = [one for one in examples.cases if one.id != request.form.get("id")]
    if len(left) < len(examples.cases):
        _save(draft, left)
        flash(_("已删除样例。"), "success")
    return redirect(url_for(".show", draft_id=draft_id), 303)


def _save(draft, cases):
    text = to_text(GoldenFile(key=draft.key, cases=tuple(cases))) if cases else ""
    drafts.set_golden(draft.id, request.form.get("rev", type=int, default=draft.rev), text, g.actor)
