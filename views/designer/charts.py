"""The sheet with the flow chart (办理流程图) that an office hangs on its wall: the chart, its time limits, the legal basis."""

from flask import render_template

from adminapp import dates
from adminapp.declaration.lexicons import lexicon_of, places_of, programmes_of
from adminapp.declaration.vocabulary import UNITS
from adminapp.flowchart import CHINESE, Reading, draw
from adminapp.formula.written import write
from adminapp.workflow.machine import MILESTONES
from views.language.catalogue import is_english
from views.language.reader import read

ENGLISH = Reading(read, column=104, lines=3)


def reading() -> Reading:
    """Return how whoever asks for the page reads a chart."""
    return ENGLISH if is_english() else CHINESE


def sheet(relief_type, engine, version: int):
    """Return the page of a type as it is today; version 0 is a draft."""
    today = dates.today()
    words = lexicon_of(relief_type, engine.standards, programmes_of(engine.registry.latest().values()))
    places = places_of(relief_type, words)
    clocks = []
    for index, clock in enumerate(relief_type.clocks):
        stored, _expect, nearer = places[f"clocks[{index}].when"]
        limit = f"{clock.limit} 个{UNITS[clock.unit]}" + (f"，可延至 {clock.extended} 个" if clock.extended else "")
        start, stop = (MILESTONES.get(name, name) for name in (clock.start, clock.stop))
        clocks.append(
            {"label": clock.label, "start": start, "stop": stop, "limit": limit, "when": write(stored, nearer)}
        )
    return render_template(
        "designer/chart.html", relief_type=relief_type, chart=draw(relief_type, words, today, reading()), clocks=clocks, version=version,
        basis=[row.text for row in relief_type.legal_basis if row.holds_on(today)], is_draft=not version, today=today.isoformat(),
    )  # fmt: skip
