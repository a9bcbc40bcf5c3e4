"""Papers of accounts: the workbook in which a county names its people, and slips with first passwords to hand over.

Loads reportlab only when somebody prints.
"""

from pathlib import Path

from adminapp.outputs import outputs
from exports import xlsx
from exports.columns import Column

COLUMNS = (
    Column("username", "用户名", width=24), Column("name", "姓名", width=14), Column("role", "角色", width=16),
    Column("township", "乡镇", width=16), Column("villages", "负责的村", width=32),
)  # fmt: skip
TITLE = "账户表：填写姓名即可，用户名可以改；没有姓名的行不建立，以后可以再导入"
A_LINE = 2
"""Slips side by side."""


def write_template(stream, rows: list[dict]) -> int:
    """Write the workbook of accounts with a row for each post that is vacant."""
    return xlsx.write(stream, COLUMNS, rows, title=TITLE)


def print_slips(slips: list[dict], county: str, home: Path) -> bytes:
    """Return the slips as PDF, to be cut apart: {name, username, roles, place, password}.

    Raise FontsNotReady while the faces are made, Invalid for a character that no face can draw.
    """
    from exports.paper import Sheet

    paper = Sheet(home, "初始密码条", "沿线裁开，当面交给本人；首次登录必须改掉密码")
    cells = [paper.text(_words(slip, county), 11) for slip in slips]
    cells += [""] * (-len(cells) % A_LINE)
    paper.grid([cells[start : start + A_LINE] for start in range(0, len(cells), A_LINE)], (1,) * A_LINE, room=8)
    return paper.bytes()


def _words(slip, county):
    where = f"　{slip['place']}" if slip["place"] else ""
    return f"{county}社会救助管理　初始密码\n{slip['name']}　{slip['roles']}{where}\n用户名：{slip['username']}\n密码：{slip['password']}"


def register():
    """Add the outputs "account_template" (stream, rows → lines) and "password_slips" (slips, county, home → PDF). Safe to call again."""
    outputs.add("account_template", write_template)
    outputs.add("password_slips", print_slips)
