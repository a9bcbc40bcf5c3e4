"""Binds files of cases as a job: one PDF, or a ZIP of a PDF each. A killed job goes on behind the last finished file."""

import hashlib
import json
import os
import secrets
import zipfile
from datetime import date
from pathlib import Path

from bson import ObjectId

from adminapp import archive, audit, database, files, jobs
from adminapp.archive import catalogue
from adminapp.archive.dossier import dossier as dossier_of
from adminapp.errors import Invalid, ReliefError
from adminapp.related import recusal
from adminapp.scope import ScopedCollection
from exports.case_notices import print_notice
from exports.pdf_bundle import ZIP_TIME
from schemas import notice as notices

JOB = "archive"
VOLUME = 200
"""Files in one ZIP."""


def bind_files(job, args: dict) -> dict:
    """Bind the files of `args["cases"]` (ids) as they stood on `args["day"]` (ISO, "" today); the handler of the job kind "archive"."""
    ids, day = args["cases"], date.fromisoformat(args["day"]) if args.get("day") else None
    if not ids:
        raise Invalid("没有选择任何案件。")
    first = (job.cursor or {}).get("next", 0)
    job.progress(first, len(ids), "正在装订")
    for number in range(first, len(ids)):
        job.check()
        try:
            _keep(job, number, *_bind(job, ids[number], day))
        except ReliefError as error:
            job.problem(_number_of(ids[number]), str(error))
        job.save_cursor({"next": number + 1}, done=number + 1)
    return _attach(job, len(ids))


def bind_one(engine, actor, case_id, day: date | None = None):
    """Return (standing, dossier, bound) of one case within the actor's scope. Raise Recused, or Invalid when it is not there."""
    row = ScopedCollection(database.raw("cases")).find_one({"_id": ObjectId(case_id)})
    if row is None:
        raise Invalid("没有找到，或者不在您的管辖范围内。")
    recusal.refuse(actor, row.get("people") or ())
    standing, plan = archive.stood(row, engine.registry, day), archive.plan()
    issued = notices.of_case(row["_id"])
    found = dossier_of(standing, issued, plan, engine.standards, actor)
    from exports.dossier import bind  # reportlab and pypdf: only for who binds

    def read(paper):
        if paper.kind == "notice":
            return print_notice(notices.get(paper.id), engine.settings.home)
        return files.read(standing.case, paper.id)[1]

    bound = bind(found, read, engine.settings.home)
    catalogue.enter(standing, found, bound, hashlib.new("sm3", bound.pdf).hexdigest(), plan, actor)
    return standing, found, bound


def _bind(job, case_id, day):
    standing, found, bound = bind_one(job.engine, job.actor, case_id, day)
    return f"{found.number} {found.name} {standing.day}.pdf", bound.pdf


def _keep(job, number, name, pdf):
    path = job.folder / f"file-{number:06d}.pdf"
    _write(path, pdf)
    _write(path.with_suffix(".json"), json.dumps({"name": name.replace("/", "_")}, ensure_ascii=False).encode())


def _attach(job, count) -> dict:
    made = [path for path in sorted(job.folder.glob("file-*.pdf")) if path.with_suffix(".json").exists()]
    if not made:
        raise Invalid("没有一件可以装订，原因见下。")
    names = {path: json.loads(path.with_suffix(".json").read_text("utf-8"))["name"] for path in made}
    if count == 1:
        job.attach(made[0], names[made[0]])
    else:
        volumes = [made[start : start + VOLUME] for start in range(0, len(made), VOLUME)]
        for number, volume in enumerate(volumes, 1):
            path = job.folder / f".tmp-volume-{number}.zip"
            with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as target:
                for item in volume:
                    target.writestr(zipfile.ZipInfo(names[item], ZIP_TIME), item.read_bytes())
            job.attach(path, "档案" + (f" 第{number}册" if len(volumes) > 1 else "") + ".zip")
            path.unlink(missing_ok=True)
    for path in made:
        path.unlink(missing_ok=True)
        path.with_suffix(".json").unlink(missing_ok=True)
    audit.log("export", what="archive", job=job.id, count=len(made))
    return {"bound": len(made), "failed": job.failed}


def _number_of(case_id) -> str:
    row = ScopedCollection(database.raw("cases")).find_one({"_id": ObjectId(case_id)}, {"number": 1})
    return row["number"] if row else str(case_id)


def _write(path: Path, data: bytes):
    """Write a file whole or not at all."""
    beside = path.with_name(f".tmp-{secrets.token_hex(8)}")
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
    os.replace(beside, path)


def register():
    """Add the job kind "archive". Safe to call again."""
    jobs.register(JOB, bind_files)
