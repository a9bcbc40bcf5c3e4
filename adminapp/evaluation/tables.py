"""The tables and charts of an evaluation, the same on the screen and on paper."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from adminapp import dates, shares
from adminapp.evaluation.figures import HALF, MOST, Figures, percentile, total
from adminapp.evaluation.plan import HIGH, Measure


@dataclass(frozen=True)
class Cell:
    """`where` names the rows behind the number: measure or step, township, type; None when nothing is to be opened."""

    text: str
    where: Mapping | None = None


@dataclass(frozen=True)
class Row:
    label: str
    cells: tuple[Cell, ...]
    township: str = ""
    summed: bool = False


@dataclass(frozen=True)
class Table:
    key: str
    title: str
    head: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    hint: str = ""


@dataclass(frozen=True)
class Bar:
    """`value` of the chart's `top` is drawn."""

    label: str
    value: float
    text: str
    where: Mapping | None = None


@dataclass(frozen=True)
class Chart:
    title: str
    top: float
    bars: tuple[Bar, ...]
    hint: str = ""
    table: Table | None = None


@dataclass(frozen=True)
class Evaluation:
    """Everything that one page shows; `mine` are the sums of the chosen places, `county` those of all."""

    measures: tuple[Measure, ...]
    mine: Figures
    county: Figures
    charts: tuple[Chart, ...] = field(default=())
    tables: tuple[Table, ...] = field(default=())


def evaluate(found: dict, measures: list[Measure], places: Mapping[str, str], all_places: int, township: str, relief_type: str,
             types: Mapping[str, str], steps: Mapping[str, str]) -> Evaluation:  # fmt: skip
    """Return what is shown of figures. `places` are {code: name} of the townships a person sees, `types` and `steps` names by key."""
    shown = {township: places[township]} if township else dict(places)
    own = {code: total(found, [code], relief_type) for code in shown}
    county = total(found, None, relief_type)
    whole = county if len(shown) == all_places else None
    mine = whole or total(found, shown, relief_type)
    active = len({place for (place, key), figures in found.items() if place and relief_type in ("", key) and any(figures.counts.values())})
    by_place = _places(own, shown, measures, relief_type, county, active, whole)
    known = {measure.key: measure for measure in measures}
    compared = [measure for measure in measures if measure.headline and measure.of] if len(shown) > 1 else []
    charts = [chart for measure in compared if (chart := _shares(measure, known[measure.of], own, shown, county, relief_type, by_place))]
    names = _named(county.taken, steps)
    where = {"type": relief_type, "township": township}
    by_step = _steps(mine, None if whole else county, names, where)
    longest = max((percentile(days, MOST) or 0 for days in mine.taken.values()), default=0)
    if by_step.rows and longest:
        bars = tuple(_took(mine.taken[step], step, label, where | {"step": step[0]}) for step, label in names.items() if step in mine.taken)
        charts.append(Chart("各环节用时", longest, bars, "横条为中位数，数字为中位数 / 九成以内的天数；不含补正等暂停的天数", by_step))
    tables = [by_place, _types(found, shown, measures, types, township) if not relief_type else None]
    tables.append(_times(own, shown, county, names, relief_type) if len(shown) > 1 else None)
    kept = tuple(table for table in tables if table and table.rows)
    return Evaluation(tuple(measures), mine, county, tuple(charts), kept)


def percent(share: float | None) -> str:
    return "" if share is None else shares.percent(share)


def tone(measure: Measure, share: float | None) -> str:
    """Return how good a share is: good, wait, bad, or "" where nobody said."""
    if share is None or not measure.better:
        return ""
    return shares.tone(share if measure.better == HIGH else 1 - share)


def span_text(days, unit: str) -> str:
    """Return median and nine tenths of steps: "3 / 8 个工作日"."""
    half, most = percentile(days, HALF), percentile(days, MOST)
    return f"{half} / {most} {dates.UNITS[unit]}" if half is not None else ""


def _cells(measures, figures, where):
    return tuple(Cell(_text(measure, figures), {**where, "measure": measure.key} if figures.counts[measure.key] else None) for measure in measures)


def _text(measure, figures):
    number, share = figures.counts[measure.key], figures.share(measure)
    if not number and share is None:
        return ""
    return f"{number:,}（{percent(share)}）" if share is not None else f"{number:,}"


def _average(measures, county, count):
    """Yield a cell for each measure: the mean over the townships in which anything was done."""
    for measure in measures:
        number, share = county.counts[measure.key], county.share(measure)
        text = f"{number / max(count, 1):,.1f}" if number else ""
        yield Cell(f"{text or '0'}（{percent(share)}）" if share is not None else text)


def _columns(measures):
    return tuple(measure.label for measure in measures)


def _places(own, shown, measures, relief_type, county, active, whole):
    rows = [Row(shown[code], _cells(measures, own[code], {"township": code, "type": relief_type}), code) for code in shown]
    rows = [row for row in rows if any(cell.text for cell in row.cells)]
    if any(county.counts.values()):
        rows.append(Row("乡镇平均", tuple(_average(measures, county, active)), summed=True))
    if whole and rows:
        rows.append(Row("全县", _cells(measures, whole, {"township": "", "type": relief_type}), summed=True))
    hint = "括号内为占比；乡镇平均按有办理的乡镇计" + ("；没有写明乡镇的只计入全县" if whole else "")
    return Table("places", "各乡镇比较", "乡镇", _columns(measures), tuple(rows), hint)


def _types(found, shown, measures, types, township):
    known = [measure for measure in measures if any(column.kind == "type" for column in measure.source.columns)]
    rows = [(key, name, total(found, shown, key)) for key, name in types.items()]
    rows = tuple(Row(name, _cells(known, figures, {"township": township, "type": key})) for key, name, figures in rows if any(figures.counts.values()))
    return Table("types", "各救助类型", "救助类型", _columns(known), rows)


def _shares(measure, whole, own, shown, county, relief_type, table):
    reached = {code: own[code].share(measure) for code in shown}
    if county.share(measure) is None:
        return None
    ranked = sorted((code for code in shown if reached[code] is not None), key=lambda code: reached[code] if measure.better == HIGH else -reached[code])
    bars = [Bar("全县", county.share(measure) * 100, percent(county.share(measure)))]
    bars += [
        Bar(shown[code], reached[code] * 100, percent(reached[code]), {"township": code, "type": relief_type, "measure": measure.key}) for code in ranked
    ]
    columns = [table.columns.index(each.label) for each in (whole, measure)]
    rows = tuple(Row(row.label, tuple(row.cells[column] for column in columns), row.township, row.summed) for row in table.rows)
    behind = Table(measure.key, measure.headline, "乡镇", (whole.label, measure.label), rows)
    return Chart(measure.headline, 100, tuple(bars), f"{whole.label}中{measure.label}的比例，需要关注的在前", behind)


def _named(taken, steps):
    """Return {(step, unit): name}, in the order the types declare the steps; the unit tells apart what is counted in both."""
    order = list(steps)
    found = sorted(taken, key=lambda step: (order.index(step[0]) if step[0] in order else len(order), step))
    twice = {key for key, _unit in found if len([1 for other, _any in found if other == key]) > 1}
    return {step: steps.get(step[0], step[0]) + (f"（{dates.UNITS[step[1]]}）" if step[0] in twice else "") for step in found}


def _took(days, step, label, where):
    half, most = percentile(days, HALF), percentile(days, MOST)
    return Bar(label, half, f"{half} / {most} {dates.UNITS[step[1]]}", where)


def _steps(mine, county, names, where):
    rows = []
    for step, label in names.items():
        days = mine.taken.get(step)
        if not days:
            continue
        opened = where | {"step": step[0]}
        values = [f"{sum(days.values()):,}", str(percentile(days, HALF)), str(percentile(days, MOST)), str(max(days))]
        other = (Cell(span_text(county.taken[step], step[1])),) if county else ()
        rows.append(Row(label, (*(Cell(text, opened if number == 0 else None) for number, text in enumerate(values)), Cell(dates.UNITS[step[1]]), *other)))
    columns = ("办结", "中位数", "九成以内", "最长", "单位", *(("全县",) if county else ()))
    return Table("steps", "各环节用时", "环节", columns, tuple(rows))


def _times(own, shown, county, names, relief_type):
    rows = []
    for code in shown:
        where = {"township": code, "type": relief_type}
        cells = tuple(_time(own[code], step, where | {"step": step[0]}) for step in names)
        if any(cell.text for cell in cells):
            rows.append(Row(shown[code], cells, code))
    rows.append(Row("全县", tuple(_time(county, step, None) for step in names), summed=True))
    return Table("times", "各乡镇各环节用时", "乡镇", tuple(names.values()), tuple(rows) if names else (), "中位数 / 九成以内的天数，按该环节的法定计算单位")


def _time(figures, step, where):
    days = figures.taken.get(step)
    return Cell(f"{percentile(days, HALF)} / {percentile(days, MOST)}", where) if days else Cell("")
