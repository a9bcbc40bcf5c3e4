"""A register as a workbook: the columns of its declaration, masked for whoever takes it out."""

from io import BytesIO

from adminapp import disclosure, divisions
from adminapp.outputs import outputs
from adminapp.registers import rows
from adminapp.registers.cells import Reader
from adminapp.registers.model import Register, registers
from adminapp.scope import Actor
from exports import xlsx
from exports.columns import Column

KINDS = {"money": "money", "number": "integer", "count": "integer", "day": "date", "moment": "date", "month": "month"}


def write(register: Register, asked: rows.Asked, types: dict, actor: Actor) -> tuple[bytes, int]:
    """Return (workbook, number of rows) of everything asked for; totals are those of the database."""
    reader, stream = Reader(register, types, actor, disclosure.PRINT), BytesIO()
    columns = [Column("serial", "序号", "integer"), *(Column(column.key, column.label, KINDS.get(column.kind, "text")) for column in register.columns)]
    listed = ({"serial": number, **reader.values(row)} for number, row in enumerate(rows.rows(register, asked, actor), 1))
    place = divisions.name_of(asked.township) if asked.township else divisions.county().county_name
    span = asked.first if asked.first == asked.last else f"{asked.first} 至 {asked.last}"
    totals = dict.fromkeys(column.key for column in register.totals) or None
    notes = [f"导出人：{actor.name}。号码和电话按导出人的权限遮盖。", *([f"依据：{register.clause}"] if register.clause else [])]
    count = xlsx.write(stream, columns, listed, title=f"{place}{register.label}（{span}）", totals=totals, notes=notes)
    return stream.getvalue(), count


def register():
    """Add the output "register" (register, asked, types, actor → workbook and rows). Safe to call again.

    Reads the file of registers, so that a mistake in it shows at start.
    """
    registers()
    outputs.add("register", write)
