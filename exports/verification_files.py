"""The files of a verification, as jobs: the exchange file out, the report file in, and the reports that need no judging.

Each may be killed anywhere and run again: sending and reporting are skipped where the case has them, rows that arrived
replace themselves.
"""

from adminapp import audit, jobs, uploads
from adminapp.errors import Invalid, ReliefError
from adminapp.policy import REVIEWER
from adminapp.tabular import layouts, read_table
from adminapp.verification import batches, intake, reporting, requests
from adminapp.verification.kinds import inquiry_kinds
from adminapp.workflow import deadlines
from exports import marked, xlsx
from exports.columns import Column

SEND, RECEIVE, REPORT = "verification_send", "verification_receive", "verification_report"
REQUEST_LAYOUT = "verification_request"


def send(job, args: dict) -> dict:
    """Start the verification of every household of a batch and write the file for the agencies: only of those that it started."""
    batch = batches.number_lines(args["batch"])
    rows = batches.rows_of(batch["_id"], state=requests.SENT)
    sent = []
    for number, row in enumerate(rows, 1):
        if sentence := reporting.send(job.engine, row, job.actor, deadlines.told(args)):
            job.problem(f"{row['number']} {row['name']}", sentence)
        else:
            sent.append(row)
        job.progress(number, len(rows))
    if not sent:
        left = batches.rows_of(batch["_id"], state=requests.SENT)
        raise Invalid("这一批没有一户能够发出，原因见各户。" if left else "这一批已经没有需要核对的户。")
    path = job.folder / ".tmp-request.xlsx"
    lines = write_request(path, batch, sent)
    job.attach(path, f"核对交换文件_{batch['_id']}.xlsx")
    batches.mark_sent(batch["_id"], job.actor, job.id)
    audit.log("export", batch=batch["_id"], lines=lines, job=job.id, reason=args["reason"])
    return {"requests": len(sent), "lines": lines}


def write_request(path, batch: dict, rows: list[dict]) -> int:
    """Write the exchange file in the declared layout and return the number of its lines."""
    known = {key: kind.label for key, kind in inquiry_kinds().items()}
    columns = [Column(column.key, column.titles[0]) for column in layouts()[REQUEST_LAYOUT].columns]

    def lines():
        for row in rows:
            # Names of kinds hold the enumeration comma themselves.
            asked = "；".join(known[kind] for kind in row["inquiries"] if kind in known)
            for person in row["people"]:
                yield {
                    "line": person["line"], "name": person["name"], "id_number": requests.plain_number(person), "relation": person["relation"],
                    "kinds": asked, "household": row["number"], "asked_on": row["asked_on"],
                }  # fmt: skip

    return xlsx.write(path, columns, lines(), title=f"家庭经济状况核对 {batch['_id']}")


def receive(job, args: dict) -> dict:
    """Take the rows of a report file; give the file back marked when some of them are wrong."""
    if job.cursor:  # it was all done, and killed before it could say so
        return _received(args, job.cursor)
    data = uploads.read(args["upload"]["id"])
    table, layout = read_table(data), intake.layout()
    header = layout.header(table)
    rows = list(layout.read(table))
    job.progress(0, len(rows), "正在核对各行")
    arrived = intake.sort(rows, batches.rows_of(args["batch"]), header.places)
    counts = dict.fromkeys(requests.STATES, 0)
    for number, (request_id, found) in enumerate(arrived.items(), 1):
        counts[intake.store(request_id, found, args["upload"]["digest"])] += 1
        job.progress(number, len(arrived))
    bad = [row for row in rows if row.problems]
    for row in bad:
        job.problem(f"第 {row.number} 行", "；".join(dict.fromkeys(sentence for _place, sentence in row.problems)))
    if bad:
        path = job.folder / ".tmp-marked.xlsx"
        with open(path, "wb") as stream:
            marked.write(stream, data, table, rows, header.row)
        job.attach(path, f"{args['upload']['name'].rsplit('.', 1)[0]}_标注问题.xlsx")
    audit.log("import", batch=args["batch"], rows=len(rows), bad=len(bad), digest=args["upload"]["digest"][:16], job=job.id)
    done = {"rows": len(rows), "bad": len(bad), "households": len(arrived), "returned": counts[requests.RETURNED]}
    job.save_cursor(done)
    return _received(args, done)


def _received(args, done):
    uploads.drop(args["upload"]["id"])
    return done


def report(job, args: dict) -> dict:
    """Report on the households of a batch of which nobody has to judge anything."""
    rows = batches.rows_of(args["batch"], state=requests.RETURNED)
    done = left = 0
    for number, row in enumerate(rows, 1):
        shown = f"{row['number']} {row['name']}"
        try:
            compared = reporting.proposal(job.engine, row)
            if reporting.is_clear(compared):
                reporting.report(job.engine, row, {item.kind.key: item.result for item in compared}, {}, "", job.actor)
                done += 1
            else:
                left += 1
        except ReliefError as error:
            job.problem(shown, str(error))
        job.progress(number, len(rows))
    return {"reported": done, "to_judge": left}


def register():
    """Register the jobs. Safe to call again."""
    for kind, handler in ((SEND, send), (RECEIVE, receive), (REPORT, report)):
        jobs.register(kind, handler, {REVIEWER})
