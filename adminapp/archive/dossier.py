"""The parts of one file, in their order, with what lies in each: texts, attached papers, notices. Nothing is drawn here."""

from dataclasses import dataclass
from datetime import date

from adminapp import dates, divisions
from adminapp.archive.plan import Plan
from adminapp.archive.standing import Standing
from adminapp.archive.texts import Block, award_block, decision_block, form_blocks, log_block, record_block
from adminapp.archive.titles import document_titles, record_title
from adminapp.money import format_yuan
from adminapp.workflow.digests import digest
from adminapp.workflow.machine import STATES

OTHER = "other"


@dataclass(frozen=True)
class Paper:
    """An attached file or an issued notice. `kind` is pdf, picture, data (cannot be printed) or notice."""

    kind: str
    id: str
    title: str
    digest: str
    on: str = ""
    name: str = ""


@dataclass(frozen=True)
class Part:
    """One part: `by` who is responsible for it, `on` its last day (ISO)."""

    key: str
    title: str
    blocks: tuple[Block, ...]
    papers: tuple[Paper, ...]
    by: str = ""
    on: str = ""

    @property
    def digest(self) -> str:
        """Return the SM3 over everything of the part: texts as they are printed, papers by their own digests."""
        papers = [[paper.kind, paper.digest] for paper in self.papers]
        return digest({"title": self.title, "blocks": [_plain(block) for block in self.blocks], "papers": papers})


@dataclass(frozen=True)
class Dossier:
    """One file: the cover's facts and its parts; empty parts are left out."""

    number: str
    name: str
    title: str
    day: date
    facts: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]

    @property
    def digest(self) -> str:
        facts, parts = [list(fact) for fact in self.facts], [part.digest for part in self.parts]
        return digest({"number": self.number, "day": self.day.isoformat(), "facts": facts, "parts": parts})


def _plain(block):
    tables = [[table.title, list(table.columns), [list(row) for row in table.rows]] for table in block.tables]
    return [block.title, block.note, [list(fact) for fact in block.facts], tables]


def dossier(standing: Standing, notices: list[dict], plan: Plan, standards, actor) -> Dossier:
    """Return the file of a case as it stood. `notices` are its issued notices (schemas/notice.py), any order."""
    case, relief_type = standing.case, standing.relief_type
    shows = {
        "form": lambda: form_blocks(standing, standards, actor),
        "decision": lambda: [decision_block(standing.decision, relief_type, standards)] if standing.decision else [],
        "award": lambda: [award_block(standing.award)] if standing.award else [],
        "log": lambda: [log_block(standing.log)] if standing.log else [],
    }
    titles = document_titles(relief_type)
    record_part = {record["id"]: plan.part_of("records", record["kind"]) for record in case.records}
    found = []
    for part in plan.parts:
        blocks = [block for show in part.shows for block in shows[show]()]
        records = [record for record in case.records if record_part[record["id"]] == part.key]
        blocks += [record_block(record, relief_type, record_title(record), actor) for record in records]
        papers = [_paper(item, titles) for item in case.files if _place(item, plan, record_part) == part.key]
        issued = [row for row in notices if row["issued"] <= standing.moment and plan.part_of("notices", row["kind"]) == part.key]
        papers += [_notice(row) for row in sorted(issued, key=lambda row: (row["issued"], row["_id"]))]
        if blocks or papers:
            days = [record["on"] for record in records] + [paper.on for paper in papers if paper.on]
            by = records[-1]["by_name"] if records else case.name if part.key == "application" else ""
            found.append(Part(part.key, part.title, tuple(blocks), tuple(papers), by, max(days, default="")))
    return Dossier(case.number, case.name or "（未填姓名）", relief_type.name, standing.day, tuple(_cover(standing, plan)), tuple(found))


def ended_on(case) -> date | None:
    """Return the day a case came to its end, None while it is open or on the roll."""
    state = STATES[case.state]
    return None if state.open or state.on_roll else case.state_since


def keep_until(case, relief_type, plan: Plan) -> date | None:
    """Return the last day for which the file must be kept, None while the case goes on."""
    ended = ended_on(case)
    if ended is None:
        return None
    row = plan.retention_of(relief_type.programme, ended)
    return dates.date(ended.year + row.years, 12, 31)


def _cover(standing, plan):
    case, relief_type = standing.case, standing.relief_type
    yield "档案号", case.number
    yield "救助类型", f"{relief_type.name}（第 {standing.published.version} 版规定）"
    yield "救助对象", case.name or ""
    yield "地址", f"{divisions.county().county_name}{divisions.name_of(case.township)}{divisions.name_of(case.village)}"
    for label, day in (("申请日期", case.applied_on), ("受理日期", case.accepted_on), ("决定日期", case.decided_on)):
        if day:
            yield label, day.isoformat()
    yield "状态", STATES[case.state].label
    if case.amount is not None:
        yield "核定金额", f"{format_yuan(case.amount)} 元"
    if case.start_month:
        yield "起始年月", case.start_month
    until = keep_until(case, relief_type, plan)
    row = plan.retention_of(relief_type.programme, ended_on(case) or standing.day)
    yield "保管期限", f"终结后 {row.years} 年" + (f"，到 {until}" if until else "")
    yield "所示日期", f"{standing.day} 终了时" + ("" if standing.known else "（当时的申请内容已不完整，此处为现在的内容）")


def _place(item, plan, record_part):
    """Return the part of a file: that of the record it proves, else that of its document."""
    return record_part.get(item.record) or plan.part_of("documents", item.document or OTHER)


def _paper(item, titles):
    kind = {"application/pdf": "pdf", "image/jpeg": "picture", "image/png": "picture"}.get(item.type, "data")
    return Paper(kind, item.id, titles.get(item.document, "其他材料"), item.digest, dates.day_of(item.at).isoformat() if item.at else "", item.name)


def _notice(row):
    return Paper("notice", row["_id"], f"{row['title']}（{row['number']}）", row["digest"], row["on"])
