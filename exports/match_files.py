"""Lists of other offices as files: the empty table of a list, and the job that compares one that came in.

The job may be killed anywhere and run again: every hit has its id, and the file's document is written under the job's.
"""

from adminapp import audit, database, dates, jobs, uploads
from adminapp.errors import Invalid
from adminapp.matching import intake, lists, store
from adminapp.outputs import outputs
from adminapp.policy import APPROVER, AUDITOR, REVIEWER
from adminapp.tabular import read_table
from exports import marked, xlsx
from exports.columns import Column

JOB = "match_list"


def compare(job, args: dict) -> dict:
    """Compare the rows of a file with awards and open cases; give the file back marked when some of them are wrong."""
    if job.cursor:  # it was all done, and killed before it could say so
        return _done(args, job.cursor)
    kind = lists.get(args["list"])
    data = uploads.read(args["upload"]["id"])
    table = read_table(data)
    header = kind.layout.header(table)
    rows = list(kind.layout.read(table))
    if not rows:
        raise Invalid("文件里只有表头，没有人员。")
    intake.judge(rows, header.places)
    bad = [row for row in rows if row.problems]
    job.progress(0, len(rows), "正在比对")
    counts = intake.compare(kind, rows, job.id, lambda done: job.progress(done + len(bad), len(rows)))
    for row in bad:
        job.problem(f"第 {row.number} 行", "；".join(dict.fromkeys(sentence for _place, sentence in row.problems)))
    if bad:
        path = job.folder / ".tmp-marked.xlsx"
        with open(path, "wb") as stream:
            marked.write(stream, data, table, rows, header.row)
        job.attach(path, f"{args['upload']['name'].rsplit('.', 1)[0]}_标注问题.xlsx")
    done = {"rows": len(rows), "bad": len(bad), **counts}
    about = {"list": kind.key, "name": args["upload"]["name"], "digest": args["upload"]["digest"]}
    who = {"on": dates.today().isoformat(), "by": job.actor.id, "by_name": job.actor.name}
    database.raw(store.RUNS).update_one({"_id": job.id}, {"$setOnInsert": {**about, **who, **done}}, upsert=True)
    audit.log("import", list=kind.key, rows=len(rows), bad=len(bad), hits=counts["hits"], digest=args["upload"]["digest"][:16], job=job.id)
    job.save_cursor(done)
    return _done(args, done)


def _done(args, done):
    uploads.drop(args["upload"]["id"])
    return done


def template(stream, kind) -> None:
    """Write the empty table of a list, with what its columns mean."""
    columns = [Column(column.key, column.titles[0]) for column in kind.layout.columns]
    needed = "、".join(column.titles[0] for column in kind.layout.columns if column.field.required)
    xlsx.write(stream, columns, [], title=f"{kind.label}名单", notes=[f"必填：{needed}。证件号码按文本填写，日期如 2026-08-03。"])


def register():
    """Register the job and the output. Safe to call again."""
    jobs.register(JOB, compare, {REVIEWER, APPROVER, AUDITOR})
    outputs["match_template"] = template
