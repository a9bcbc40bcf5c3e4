"""Supervision by the county: the year's progress, drawing, checks from assignment to rectification."""

from flask import Blueprint, url_for

from adminapp.supervision import rounds
from views.jobs import RESULTS
from views.supervision import assigning, checklist, checkpage, drawing, overview, visiting

blueprint = Blueprint("supervision", __name__, url_prefix="/supervision")
RESULTS[rounds.JOB] = lambda job: url_for("supervision.drawn", round_id=job["args"]["round"])

ROUTES = [
    ("/", "index", overview.index, "GET"),
    ("/draw", "draw", drawing.draw, "POST"),
    ("/rounds/<round_id>", "drawn", drawing.show, "GET"),
    ("/rounds/<round_id>/universe.csv", "universe", drawing.universe, "GET"),
    ("/checks", "checks", checklist.index, "GET"),
    ("/checks/assign", "assign", assigning.assign, "POST"),
    ("/checks/agree", "agree", assigning.agree, "POST"),
    ("/checks/sheets", "sheets", assigning.sheets, "POST"),
    ("/checks/<check_id>", "show", checkpage.show, "GET"),
    ("/checks/<check_id>/visit", "visit", visiting.visit, "GET POST"),
    ("/checks/<check_id>/answer", "answer", visiting.answer, "GET POST"),
    ("/checks/<check_id>/order.pdf", "order", checkpage.order, "GET"),
    ("/checks/<check_id>/<turn>", "act", checkpage.act, "POST"),
]
for _rule, _name, _function, _methods in ROUTES:
    blueprint.add_url_rule(_rule, _name, _function, methods=_methods.split())
