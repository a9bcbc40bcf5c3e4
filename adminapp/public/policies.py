"""What the policy library (政策宣传) says of a relief type, read from its declaration, and beside it what the county wrote.

Conditions, amounts, papers, time limits and steps come from the published version, standards from their table on the day.
"""

import re
from datetime import date

from adminapp import dates, flowchart
from adminapp.declaration.lexicons import programmes_of, reading_lexicon
from adminapp.errors import Invalid
from adminapp.legal_basis import legal_basis
from adminapp.public import texts
from adminapp.public.page import Page, digest_of

_STANDARD = re.compile(r"""standard\(\s*["']([a-z0-9_.]+)["']""")
CYCLES = {"month": "按月发放", "quarter": "按季发放", "once": "一次性发放"}
WHOM = {"household": "按户", "person": "按人"}
STEP_DUE = {"submit": "申请时", "accept": "受理前", "confirm": "确认前"}


def listed(engine) -> list[dict]:
    """Return [{group, types: [{key, name, summary}]}] of the types one can apply for, in the order of their codes."""
    groups: dict[str, list] = {}
    for item in _published(engine):
        found = item.relief_type
        groups.setdefault(found.group or found.name, []).append({"key": item.key, "name": found.name, "summary": found.summary})
    return [{"group": group, "types": types} for group, types in groups.items()]


def _published(engine):
    return sorted((item for item in engine.registry.latest().values() if not item.retired), key=lambda item: item.code)


def pages(engine, on: date) -> dict:
    """Return {address: page}: the library and one page a type."""
    held, found = texts.all_of(), {}
    for item in _published(engine):
        written = held.get(item.key, {})
        inputs = digest_of([item.key, item.version, engine.standards.to_rows(), written.get("rev", 0), on.isoformat()])
        found[f"policies/{item.key}"] = Page("policy.html", inputs, lambda item=item, written=written: values_of(engine, item, on, written))
    library = {"groups": listed(engine)}
    return found | {"policies": Page("policies.html", digest_of(library), lambda: library)}


def values_of(engine, item, on: date, written: dict | None = None) -> dict:
    """Return what the page of a type says on a day; `written` is the county's own text, when there is one."""
    relief = item.relief_type
    words = reading_lexicon(relief, engine.standards, programmes_of(engine.registry.latest().values()))
    said = flowchart.conditions_of(relief, words)
    office = legal_basis().county
    return {
        "key": item.key, "name": relief.name, "title": relief.title or relief.name, "summary": relief.summary,
        "text": {key: (written or {}).get(key, "") for key in texts.FIELDS},
        "basis": [basis.text for basis in relief.legal_basis if basis.holds_on(on)],
        "conditions": [_condition(index, one, said) for index, one in enumerate(relief.eligibility)],
        "paid": f"{WHOM[relief.payment.unit]}{CYCLES[relief.payment.cycle]}",
        "standards": _standards(engine, relief, on),
        "documents": [_document(index, one, said) for index, one in enumerate(relief.documents)],
        "clocks": [_clock(index, one, said) for index, one in enumerate(relief.clocks)],
        "steps": [_step(row) for row in flowchart.rows_of(relief, words, on)],
        "chart": flowchart.draw(relief, words, on),
        "urgent": relief.applies_at == "emergency", "posted": bool(relief.posted) and not relief.protected,
        "office": {"name": office.name, "phone": legal_basis().county_phone},
    }  # fmt: skip


def _condition(index, one, said):
    return {"label": one.label, "when": said.get(f"eligibility[{index}].when", ""), "clause": one.clause}


def _document(index, one, said):
    due = "必交" if one.required else ""
    when = said.get(f"documents[{index}].required_when", "")
    return {"label": one.label, "help": one.help, "due": due, "when": when, "step": STEP_DUE[one.step]}


def _clock(index, one, said):
    length = f"{one.limit}{dates.UNITS[one.unit]}"
    more = f"，特殊情况可延长至{one.extended}{dates.UNITS[one.unit]}" if one.extended else ""
    return {"label": one.label, "length": length + more, "when": said.get(f"clocks[{index}].when", "")}


def _step(row):
    title, notes = row.lines[0][0], [text for text, _size, _colour in row.lines[1:]]
    return {"title": title, "notes": notes, "exit": "".join(row.exit)}


def _standards(engine, relief, on) -> list[dict]:
    """Return the standards that the conditions and the amount read, with their value on the day."""
    formulas = [one.rule for one in relief.eligibility] + [relief.amount.cap, relief.amount.total]
    formulas += [text for term in relief.amount.terms for text in (term.value, term.when)]
    named = dict.fromkeys(key for text in formulas for key in _STANDARD.findall(text or ""))
    keys = [key for name in named for key in engine.standards if key == name or key.startswith(f"{name}.")]
    return [row for key in dict.fromkeys(keys) if (row := _standard(engine, key, on))]


def _standard(engine, key, on):
    standard = engine.standards.standard(key)
    try:
        value = standard.on(on)
    except Invalid:  # it takes effect later
        return None
    return {"label": standard.label, "value": standard.unit.shown(value.value), "since": value.since.isoformat(), "source": value.source}
