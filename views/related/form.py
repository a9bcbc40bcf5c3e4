"""The form of one filing. Numbers are never shown again: a blank input keeps what is stored."""

from wtforms import DateField, Form, TextAreaField

from adminapp import dates, divisions
from adminapp.declaration.model import Option
from adminapp.fields import KINDS
from adminapp.related import register
from adminapp.related.kinship import kinship
from adminapp.workflow.action import entry, text
from views.plainforms import form_class

LONGEST = 300


class EndForm(Form):
    on = DateField()
    reason = TextAreaField()


def fields(actor, changing=False):
    """Return the declared fields of a filing for this actor: places within reach, relations that count today."""
    def pick(pairs):
        return tuple(Option(code=code, label=label) for code, label in pairs)

    townships = [(code, name) for code, name in divisions.township_choices() if actor.reaches(code)]
    county = [("county", "县级")] if actor.townships is None else []
    villages = [
        (code, f"{township_name} {name}")
        for township, township_name in townships
        for code, name in divisions.village_choices(township)
    ]
    relations = [(item.code, item.label) for item in kinship().choices(dates.today())]
    return [
        entry("year", "备案年度", "integer", min="2000", max="2100"),
        entry("kind", "身份", "choice", options=pick(kinship().officials.items())),
        entry("name", "姓名", "person_name"),
        entry("id_number", "公民身份号码", "id_number", required=not changing),
        entry("phone", "电话", "phone", required=False),
        entry("unit", "单位", max_length=60),
        entry("post", "职务", max_length=60),
        entry("township", "所在乡镇", "choice", options=pick([*county, *townships])),
        entry("village", "所在村（社区）", "choice", required=False, options=pick(villages), help="村（居）委会成员必填"),
        entry("account", "本系统账户", required=False, help="有账户的填写，用于自动回避；没有的留空"),
        entry(
            "relatives", "近亲属", "table", required=False, max_rows=40, help="有证件号码才能自动比对；没有的也请登记姓名",
            fields=(
                entry("relation", "是本人的", "choice", options=pick(relations)),
                entry("name", "姓名", "person_name"),
                entry("id_number", "公民身份号码", "id_number", required=False),
                entry("address", "住址", required=False, max_length=100),
            ),
        ),
        *([text("reason", "理由", False, "删除或更换近亲属时必填")] if changing else []),
    ]  # fmt: skip


def form_for(actor, posted, defaults, row=None):
    """Return the bound form; of a filing that exists, the masks of its numbers stand in the blank inputs."""
    form = form_class(fields(actor, changing=row is not None))(posted, data=defaults)
    if posted is None and row is not None:
        form.rev.data = str(row["rev"])
    if row is not None:
        mask = KINDS["id_number"].mask
        _hint(form.id_number, mask(register.open_number(row["id_number"])))
        masks = {item["row"]: mask(register.open_number(item["id_number"])) for item in row["relatives"] if item["id_number"]}
        for line in form.relatives.entries:
            _hint(line.form.id_number, masks.get(line.form.row.data, ""))
    return form


def _hint(bound, mask):
    if mask:
        bound.render_kw = {**(bound.render_kw or {}), "placeholder": mask}


def filled(row) -> dict:
    """Return what the form of a stored filing shows: everything but numbers, relatives who still count."""
    return {
        **{key: row[key] for key in ("year", "kind", "name", "unit", "post", "village", "account")},
        "township": row["township"] or "county",
        "relatives": [
            {"row": item["row"], "relation": item["relation"], "name": item["name"], "address": item["address"]}
            for item in row["relatives"]
            if not item.get("until")
        ],
    }


def values_of(form, row=None) -> dict:
    """Return the values as `filing` takes them; blank numbers of a stored filing are those it has."""
    typed = form.typed()
    kept = {item["row"]: item for item in row["relatives"]} if row else {}
    relatives = []
    for line in form.relatives.entries:
        data = line.form.data
        before = kept.get(data.get("row"))
        if before and not data["id_number"] and data["name"] == before["name"]:
            data["id_number"] = register.open_number(before["id_number"])
        relatives.append({**data, "row": data.get("row") if before else None})
    if row:
        typed["id_number"] = typed["id_number"] or register.open_number(row["id_number"])
        typed["phone"] = typed["phone"] or register.open_number(row["phone"])
    township = "" if typed["township"] == "county" else typed["township"] or ""
    return {**typed, "township": township, "village": typed["village"] or "", "account": typed["account"] or "", "relatives": relatives}
