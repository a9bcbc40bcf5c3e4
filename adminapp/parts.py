"""The parts that the web app and the command put together alike: kinds of jobs, outputs, sweeps, sources of work. One line for each.

Each module named here has `register()`, safe to call again. With `app.py` and `cli.py` this is the composition root: it
alone names modules of `exports`.
"""

import importlib

PARTS = [
    "adminapp.api",
    "adminapp.holidays.kinds",
    "adminapp.imports.kinds",
    "adminapp.changes.raising",
    "adminapp.ledger.joining",
    "adminapp.casework",
    "adminapp.funds.kinds",
    "adminapp.months.kinds",
    "adminapp.payments.kinds",
    "adminapp.recipes.kinds",
    "adminapp.reserve.kinds",
    "adminapp.related.kinds",
    "adminapp.releases.kinds",
    "adminapp.reports.work",
    "adminapp.simulation.kinds",
    "adminapp.supervision.kinds",
    "adminapp.appraisal.work",
    "adminapp.leads.work",
    "adminapp.matching.work",
    "adminapp.ongoing.work",
    "adminapp.verification.work",
    "exports.account_papers",
    "exports.archives",
    "exports.case_notices",
    "exports.complaint_reply",
    "exports.division_workbook",
    "exports.fund_request",
    "exports.import_workbook",
    "exports.inspection",
    "exports.late_steps",
    "exports.match_files",
    "adminapp.visits.work",
    "exports.meeting_minutes",
    "exports.month_report",
    "exports.evaluation_report",
    "exports.payment_list",
    "exports.register_sheet",
    "exports.reserve_book",
    "exports.simulation_sheets",
    "exports.spot_checks",
    "exports.postings",
    "exports.public_pages",
    "exports.verification_files",
    "exports.visit_pack",
]

STORES = ["adminapp.kept", "adminapp.saved_views"]
"""Modules that only screens use but that declare an index: `relief db upgrade` must build what the web app asks for."""


def register():
    """Register everything. Safe to call again."""
    for name in STORES:
        importlib.import_module(name)
    for name in PARTS:
        importlib.import_module(name).register()
