"""Notices (文书): issue and fetch one for a case, print many as a job, and let anybody check a paper by its code."""

from dataclasses import dataclass
from datetime import date

from bson import ObjectId
from flask import Blueprint, flash, g, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import audit, database, dates, engine, policy
from adminapp.auth import attempts
from adminapp.errors import NotFound, ReliefError
from adminapp.jobs import artefacts, model
from adminapp.notices.due import ONLY, RECORDS, due_of, dues_of
from adminapp.notices.kinds import TITLES
from adminapp.outputs import outputs
from adminapp.related import recusal
from adminapp.scope import ScopedCollection
from adminapp.workflow.machine import STATES
from schemas import notice as notices
from views.downloads import send_bytes, send_path
from views.places import townships

blueprint = Blueprint("notices", __name__)

JOB = "notices"
FORMS = {"pdf": "合并为 PDF", "zip": "每份一个文件（ZIP）"}
MOST = 20_000
"""Cases of one print job."""
CHECKS_A_MINUTE = 20
"""From one address; a scanner at a counter stays below, guessing does not."""


# One notice


@blueprint.post("/cases/<type_key>/<id>/notices/<kind>")
def issue(type_key, id, kind):
    """Issue the notice, or find the one issued before, and lead to it."""
    case, published = _read_case(type_key, id)
    due = due_of(case, kind, request.form.get("record", ""))
    record = notices.issue(case, published, due, g.actor, _check_root(), standards=engine.current().standards)
    return redirect(url_for("notices.download", notice_id=record["_id"]), 303)


@blueprint.get("/notices/<notice_id>.pdf")
def download(notice_id):
    """Return the paper: the same bytes whenever it is asked for."""
    record = notices.get(notice_id)
    recusal.refuse(g.actor, database.raw("cases").find_one({"_id": record["case"]}, {"people": 1})["people"])
    pdf = outputs["notice"](record, engine.current().settings.home)
    audit.log("print", notice=record["_id"])
    return send_bytes(pdf, f"{record['number']} {record['title']}.pdf", "application/pdf")


def _read_case(type_key, text):
    published = engine.current().registry.get(type_key)
    if not ObjectId.is_valid(text):
        raise NotFound
    found = ScopedCollection(database.raw("cases")).find_one(
        {"_id": ObjectId(text), "type": type_key}, {"schema_version": 1}
    )
    if found is None:
        raise NotFound
    published = engine.current().registry.get(published.key, found["schema_version"])
    case = published.model.objects(pk=found["_id"]).first()
    if case is None:
        raise NotFound
    return case, published


def _check_root():
    return f"{request.url_root}check/"


@blueprint.app_template_global("notice_panel_of")
def panel_of(case) -> dict:
    """Return what templates/notices/panel.html shows: ``{rows: [{title, on, number, url, issue_url, record}]}``."""
    issued = {record["_id"]: record for record in notices.of_case(case.pk)}
    barred = recusal.bar(g.actor.id, case.people)
    may_issue = policy.permits("notices.issue", g.actor.roles) and not barred
    rows = []
    for due in dues_of(case):
        record = issued.get(notices.id_of(case.pk, due))
        url = url_for("notices.download", notice_id=record["_id"]) if record and not barred else None
        issue_url = (
            url_for("notices.issue", type_key=case.type, id=case.pk, kind=due.kind)
            if may_issue and not record
            else None
        )
        rows.append(
            {
                "title": _(due.title),
                "on": due.on.isoformat(),
                "number": record["number"] if record else "",
                "url": url,
                "issue_url": issue_url,
                "record": due.record["id"],
            }
        )
    return {"rows": rows}


# Many notices


@dataclass(frozen=True)
class Wanted:
    """What to print, as chosen on the screen."""

    kind: str = ""
    type: str = ""
    township: str = ""
    state: str = ""
    first: date | None = None
    last: date | None = None
    form: str = "pdf"

    @classmethod
    def read(cls, values):
        return cls(
            _known(values.get("kind"), TITLES),
            _known(values.get("type"), engine.current().registry.latest()),
            _known(values.get("township"), dict(townships())),
            _known(values.get("state"), STATES),
            _day(values.get("on.from")),
            _day(values.get("on.to")),
            _known(values.get("form"), FORMS) or "pdf",
        )

    def query(self) -> dict:
        record = next(record for record, kind in RECORDS.items() if kind == self.kind)
        said = {f"data.{key}": value for key, value in ONLY.get(record, {}).items()}
        days = {"$gte": self.first and self.first.isoformat(), "$lte": self.last and self.last.isoformat()}
        days = {operator: day for operator, day in days.items() if day}
        places = {"type": self.type, "township": self.township, "state": self.state}
        return {
            **{key: value for key, value in places.items() if value},
            "records": {"$elemMatch": {"kind": record} | said | ({"on": days} if days else {})},
        }

    def as_args(self) -> dict:
        days = {"on.from": self.first and self.first.isoformat(), "on.to": self.last and self.last.isoformat()}
        args = {
            "kind": self.kind,
            "type": self.type,
            "township": self.township,
            "state": self.state,
            "form": self.form,
            **days,
        }
        return {key: value for key, value in args.items() if value}


def _known(value, known):
    return value if value in known else ""


def _day(text):
    return dates.parse_date(text) if text else None


def find_cases(wanted: Wanted, ids=None) -> list[str]:
    """Return the ids of the cases, by township and number; with `ids` only these. No kind, or no id, means nobody."""
    if not wanted.kind or (ids is not None and not ids):
        return []
    query = wanted.query()
    if ids is not None:
        query["_id"] = {"$in": [ObjectId(text) for text in ids if ObjectId.is_valid(text)]}
    cases = ScopedCollection(database.raw("cases"))
    rows = cases.find(query, {"number": 1, "township": 1}, limit=MOST + 1)
    return [str(row["_id"]) for row in sorted(rows, key=lambda row: (row["township"], row["number"]))]


@blueprint.get("/notices/bulk")
def bulk():
    """Choose, see how many there are, start; below it one's own print jobs."""
    wanted = Wanted.read(request.args)
    count = len(find_cases(wanted)) if wanted.kind else None
    types = sorted(engine.current().registry.latest().values(), key=lambda item: item.relief_type.code)
    choices = {
        "kind": [(key, _(title)) for key, title in TITLES.items()],
        "type": [(item.key, item.relief_type.name) for item in types],
        "township": townships(),
        "state": [(key, _(state.label)) for key, state in STATES.items()],
        "form": [(key, _(label)) for key, label in FORMS.items()],
    }
    jobs = [_shown(job) for job in model.owned_by(g.actor) if job["kind"] == JOB]
    return render_template("notices/bulk.html", wanted=wanted, choices=choices, count=count, most=MOST, jobs=jobs)


@blueprint.post("/notices/bulk")
def start():
    """Start the job for the ticked cases (`ids`), or else for all that the choice finds."""
    wanted = Wanted.read(request.form)
    picked = request.form.getlist("ids") if "ids" in request.form or request.form.get("picked") else None
    found = find_cases(wanted, picked)
    back = redirect(url_for("notices.bulk", **wanted.as_args()), 303)
    if not found:
        flash(_("没有选中可以打印的案件，没有开始打印。"), "error")
        return back
    if len(found) > MOST:
        flash(_("超过 %(most)s 件，请缩小范围。", most=MOST), "error")
        return back
    if picked is None and request.form.get("count") != str(len(found)):
        flash(_("件数已变为 %(count)s，请核对后再开始。", count=len(found)), "warning")
        return back
    title = _("批量打印%(title)s %(count)s 份", title=TITLES[wanted.kind], count=len(found))
    args = {"kind": wanted.kind, "cases": found, "form": wanted.form, "check_root": _check_root()}
    job_id = model.start(JOB, title, args, g.actor, key=request.form.get("once", ""))
    audit.log("job", job=job_id, what=title)
    return redirect(url_for("notices.bulk"), 303)


@blueprint.get("/notices/jobs/<job_id>")
def state(job_id):
    return jsonify(_shown(_read_job(job_id)))


@blueprint.post("/notices/jobs/<job_id>/cancel")
def cancel(job_id):
    _read_job(job_id)
    model.cancel(job_id, g.actor)
    return redirect(url_for("notices.bulk"), 303)


@blueprint.get("/notices/jobs/<job_id>/files/<int:number>")
def file(job_id, number):
    job = _read_job(job_id)
    path, entry = artefacts.path_of(engine.current().settings, job, number)
    audit.log("print", job=job["_id"], file=entry["name"])
    return send_path(path, entry["name"], "application/zip" if path.suffix == ".zip" else "application/pdf")


def _read_job(job_id):
    job = model.get_readable(job_id, g.actor)
    if job["kind"] != JOB:
        raise NotFound
    return job


def _shown(job) -> dict:
    """Return a job as components/progress.html and js/job.js know it, with its files and the first problems."""
    finished = job["state"] in model.FINISHED
    files = [
        {"name": entry["name"], "url": url_for("notices.file", job_id=job["_id"], number=number)}
        for number, entry in enumerate(job["artefacts"])
    ]
    problems = model.get(job["_id"])["problems"] if job["failed"] and "problems" not in job else job.get("problems", [])
    return {
        "label": job["title"],
        "state": job["state"],
        "state_label": _(model.STATES[job["state"]]),
        "tone": model.TONES[job["state"]],
        "done": job["done"],
        "total": job["total"],
        "failed": job["failed"],
        "message": job["message"],
        "finished": finished,
        "poll_url": url_for("notices.state", job_id=job["_id"]),
        "cancel_url": url_for("notices.cancel", job_id=job["_id"]),
        "files": files,
        "result_url": files[0]["url"] if files and finished else None,
        "result_label": _("下载"),
        "problems": problems[:20],
        "created": job["created"].isoformat(),
    }


# Anybody


@blueprint.get("/check/<token>")
def check(token):
    """Tell whether a paper is genuine; of a person only the surname. What is unknown looks the same."""
    if attempts.too_many("check", request.remote_addr, 1, CHECKS_A_MINUTE):
        raise TooMany
    record = notices.by_token(token) if len(token) <= 40 else None
    response = render_template("notices/check.html", record=record)
    return response, 200, {"X-Robots-Tag": "noindex, nofollow"}


class TooMany(ReliefError):
    """More checks from one address than a person makes."""

    sentence = "查询过于频繁，请一分钟后再试。"
    status = 429
