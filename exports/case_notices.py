"""Notices of cases as PDF: one at a time for a screen (`NoticePress`), or many as a job (`print_notices`).

Both print what stands in the stored record (schemas/notice.py), so paper printed twice is the same to the byte.
"""

import atexit
import json
import os
import secrets
import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bson import ObjectId

from adminapp import jobs
from adminapp.errors import Invalid, ReliefError
from adminapp.notices.due import due_of
from adminapp.notices.kinds import TITLES
from adminapp.outputs import outputs
from exports.notices.content import NoticeContent, Rendered
from exports.notices.pool import RenderPool
from exports.notices.samples import sample_content
from schemas import notice as notices
from schemas.case import AnyCase

SECONDS = 12
"""For one notice on a screen: a request must end within fifteen seconds."""
WAIT_SECONDS = 10
BATCH = 50
VOLUME = 20
"""Batches in one file: a thousand notices, so that joining them needs little memory and a printer can cope."""
AHEAD = 3
JOB = "notices"


class FontsNotReady(ReliefError):
    """No face to print with yet."""

    sentence = "文书字体正在准备，请约一分钟后再试；仍不行的，请管理员执行 relief fonts prepare --rare。"
    status = 503


class PressBusy(ReliefError):
    """Too many people print at this moment."""

    sentence = "正在排版的文书较多，请稍后再试。"
    status = 503


class NoticePress:
    """Prints single notices in one kept child process, started at the first need; others wait for their turn."""

    def __init__(self, home: Path, seconds: float = SECONDS):
        self.home, self.seconds = Path(home), seconds
        self._pool, self._owner, self._turn = None, None, threading.Lock()

    def __call__(self, record: dict) -> bytes:
        """Return the PDF of an issued notice. Raise FontsNotReady, PressBusy, or Invalid with the reason."""
        return self.print([content_of(record)])

    def print(self, contents: list[NoticeContent]) -> bytes:
        """Return one PDF of a few papers. Raise FontsNotReady, PressBusy, or Invalid with the reason."""
        for content in contents:
            need_faces(self.home, "".join(_texts(content)))
        if not self._turn.acquire(timeout=WAIT_SECONDS):
            raise PressBusy()
        try:
            rendered = self._kept_pool().render(contents)
        finally:
            self._turn.release()
        if rendered.failures:
            raise Invalid(next(iter(rendered.failures.values())))
        return rendered.pdf

    def _kept_pool(self):
        if self._owner != os.getpid():  # a forked worker must not talk to its parent's child
            self._pool, self._owner = RenderPool(self.home, 1, self.seconds), os.getpid()
        return self._pool

    def close(self):
        if self._pool is not None and self._owner == os.getpid():
            self._pool.close()


_presses: dict[Path, NoticePress] = {}


@atexit.register
def close_presses():
    """End the printing processes of this process."""
    while _presses:
        _presses.popitem()[1].close()


def print_notice(record: dict, home: Path) -> bytes:
    """Return the PDF of an issued notice, printed by the one press of this process; see NoticePress."""
    return _press(home)(record)


def print_sample(kind: str, template: str, values: dict[str, str], home: Path) -> bytes:
    """Return the PDF of an invented notice with a template that is being written; `values` replaces single placeholders."""
    return _press(home).print([sample_content(kind, template=template, **values)])


def _press(home) -> NoticePress:
    return _presses.setdefault(Path(home), NoticePress(home))


def print_papers(papers: list[dict], home: Path) -> bytes:
    """Return one PDF of blanks to be signed: ``{kind, number, values, tables, qr_url}`` each (adminapp/verification/paper.py)."""
    contents = [NoticeContent(**paper, slip=False) for paper in papers]
    return _press(home).print(contents)


def content_of(record: dict) -> NoticeContent:
    """Return what the printer takes of an issued notice."""
    return _content(record, notices.content_of(record))


def _content(record, opened) -> NoticeContent:
    return NoticeContent(
        record["kind"], record["number"], opened["values"], opened["tables"], record["check"], opened["template"]
    )


def need_faces(home: Path, text: str):
    """Raise FontsNotReady, and let them be made aside, while there are no faces to print `text` with."""
    from exports import fonts  # reportlab and fontTools: only for who prints

    if not fonts.is_ready(home, text):
        fonts.prepare_aside(home)
        raise FontsNotReady()


def _texts(content):
    yield from content.values.values()
    for rows in content.tables.values():
        for row in rows:
            yield from row


def print_notices(job, args: dict) -> dict:
    """Issue and print one kind of notice for many cases; the handler of the job kind "notices".

    `args`: ``{kind, cases: [case id], form: "pdf" or "zip", check_root}``. Each batch becomes a part file before its
    cursor is stored, and a notice that was issued keeps its number, so a killed job goes on without repeating any.
    """
    if args["kind"] not in TITLES or not args["cases"]:
        raise Invalid("没有选择任何案件。")
    batches = [args["cases"][start : start + BATCH] for start in range(0, len(args["cases"]), BATCH)]
    first = (job.cursor or {}).get("batch", 0)
    todo = [number for number in range(len(batches)) if number >= first or not _part(job, number).exists()]
    job.progress(min(first * BATCH, len(args["cases"])), len(args["cases"]), "正在出具和排版")
    with RenderPool(job.engine.settings.home) as pool, ThreadPoolExecutor(pool.processes) as threads:
        source, waiting = iter(todo), deque()
        try:
            while True:
                while len(waiting) < AHEAD and (number := next(source, None)) is not None:
                    job.check()
                    issued, problems = _issue(job, args, batches[number])
                    waiting.append(
                        (
                            number,
                            issued,
                            problems,
                            threads.submit(pool.render, [content for _id, _record, content in issued]),
                        )
                    )
                if not waiting:
                    break
                _keep(job, args, batches, *waiting.popleft())
        finally:
            threads.shutdown(cancel_futures=True)
    return _bind(job, args, len(batches))


def _issue(job, args, case_ids):
    """Return ``[(case id, record, content)]``, and ``[(what, sentence)]`` of those that cannot be issued."""
    ids = [ObjectId(case_id) for case_id in case_ids]
    rows = {row["_id"]: row for row in AnyCase._get_collection().find({"_id": {"$in": ids}})}
    wanted, issued, problems = [], [], []
    for case_id in ids:
        row = rows.get(case_id)
        try:
            if row is None:
                raise Invalid("没有找到，或者不在您的管辖范围内。")
            published = job.engine.registry.get(row["type"], row["schema_version"])
            case = published.model._from_son(row)
            wanted.append(notices.Wanted(case, published, due_of(case, args["kind"])))
        except ReliefError as error:
            problems.append((_shown(row) if row else str(case_id), str(error)))
    root, standards = args.get("check_root", ""), job.engine.standards
    records = notices.issue_many(wanted, job.actor, root, standards=standards)
    found = [(each, record) for each, record in zip(wanted, records, strict=True) if isinstance(record, dict)]
    contents = notices.contents_of([record for _each, record in found])
    for (each, record), opened in zip(found, contents, strict=True):
        if isinstance(opened, dict):
            issued.append((each.case.pk, record, _content(record, opened)))
        else:
            problems.append((_shown(rows[each.case.pk]), str(opened)))
    refused = [(each, error) for each, error in zip(wanted, records, strict=True) if not isinstance(error, dict)]
    problems += [(_shown(rows[each.case.pk]), str(error)) for each, error in refused]
    return issued, problems


def _shown(row) -> str:
    return f"{row['number']} {row['name']}"


def _keep(job, args, batches, number, issued, problems, future):
    """Write the part of one batch, tell its problems, move the cursor."""
    rendered: Rendered = future.result()
    entries = []
    for position, (_id, record, _content) in enumerate(issued):
        shown = f"{record['number']} {record['name']}"
        if position in rendered.failures:
            problems.append((f"{record['case_number']} {record['name']}", rendered.failures[position]))
        else:
            entries.append({"title": shown, "pages": list(rendered.pages[position])})
    _write(_part(job, number).with_suffix(".pdf"), rendered.pdf)
    _write(_part(job, number), json.dumps(entries, ensure_ascii=False).encode())
    before = (job.cursor or {}).get("batch", 0)
    if number >= before:  # a part that was lost and is made again has told its problems
        for what, text in problems:
            job.problem(what, text)
    cursor = max(number + 1, before)
    job.save_cursor({"batch": cursor}, done=min(cursor * BATCH, len(args["cases"])))


def _bind(job, args, count) -> dict:
    """Join the parts into files of a thousand notices in the order of the cases, and attach them."""
    form, printed = args.get("form", "pdf"), 0
    volumes = [range(start, min(start + VOLUME, count)) for start in range(0, count, VOLUME)]
    for number, volume in enumerate(volumes, 1):
        job.progress(job.done, message=f"正在装订第 {number} 册，共 {len(volumes)} 册")
        parts = [
            (json.loads(_part(job, part).read_text("utf-8")), _part(job, part).with_suffix(".pdf").read_bytes())
            for part in volume
        ]
        parts = [(entries, pdf) for entries, pdf in parts if entries]
        if not parts:
            continue
        printed += sum(len(entries) for entries, _pdf in parts)
        path = job.folder / f".tmp-volume-{number}.{form}"
        _write(path, BINDERS[form](parts))
        name = TITLES[args["kind"]] + (f" 第{number}册" if len(volumes) > 1 else "")
        job.attach(path, f"{name}.{form}")
        path.unlink(missing_ok=True)
    for part in range(count):
        _part(job, part).with_suffix(".pdf").unlink(missing_ok=True)
        _part(job, part).unlink(missing_ok=True)
    if not printed:
        raise Invalid("没有一份文书可以打印，原因见下。")
    return {"printed": printed, "failed": job.failed, "files": len(volumes)}


def _merged(parts) -> bytes:
    from exports.pdf_bundle import merge

    bookmarks, page = [], 0
    for entries, _pdf in parts:
        bookmarks += [(entry["title"], page + entry["pages"][0]) for entry in entries]
        page += sum(entry["pages"][1] for entry in entries)
    return merge([pdf for _entries, pdf in parts], bookmarks)


def _zipped(parts) -> bytes:
    from exports.pdf_bundle import cut, zip_of

    return zip_of((f"{entry['title']}.pdf", cut(pdf, *entry["pages"])) for entries, pdf in parts for entry in entries)


BINDERS = {"pdf": _merged, "zip": _zipped}


def _part(job, number) -> Path:
    return job.folder / f"part-{number:06d}.json"


def _write(path: Path, data: bytes):
    """Write a file whole or not at all."""
    beside = path.with_name(f".tmp-{secrets.token_hex(8)}")
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)


def make_fonts(home: Path, rare: bool = False) -> list[str]:
    """Make the faces ready and return the names of those that are there, in words."""
    from exports import fonts

    found = fonts.prepare(Path(home), rare)
    labels = fonts.SLOTS | {"song-rare": "宋体生僻字"}
    return [labels[name] for name, path in found.files.items() if path.exists()]


def register():
    """Add the outputs "notice" (record, home → PDF), "sample" (kind, template, values, home → PDF), "papers" (papers, home → PDF),
    "fonts" (home, rare → names), the job kind "notices"."""
    outputs.add("notice", print_notice)
    outputs.add("sample", print_sample)
    outputs.add("papers", print_papers)
    outputs.add("fonts", make_fonts)
    jobs.register(JOB, print_notices)
