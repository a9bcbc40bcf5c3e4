"""A month of a book as a workbook and as PDF to be signed."""

from flask_babel import gettext as _

from adminapp import audit, divisions, engine
from adminapp.files import XLSX
from adminapp.outputs import outputs
from adminapp.reserve import book, settling
from views.downloads import send_bytes
from views.reserve.board import blueprint, month_asked, township_of


@blueprint.get("/<town>/book.xlsx")
def sheet(town):
    """Answer the entries of ?month= as a workbook."""
    return _send(town, "reserve_sheet", "xlsx", XLSX.type)


@blueprint.get("/<town>/book.pdf")
def paper(town):
    """Answer the settlement of ?month= as PDF."""
    return _send(town, "reserve_paper", "pdf", "application/pdf")


def _send(town, output, suffix, media_type):
    town, month = township_of(town), month_asked(town)
    entries, sums = book.month_of(town, month)
    data = outputs[output](town, month, entries, sums, settling.get(town, month), engine.current().settings.home)
    audit.log("export", what=output, township=town, month=month, count=len(entries))
    name = _("%(town)s备用金账 %(month)s", town=divisions.name_of(town), month=month)
    return send_bytes(data, f"{name}.{suffix}", media_type)
