"""A small county with somebody on the roll, and the files other offices send about it."""

import csv
import io
from datetime import date

import pytest
from pymongo import IndexModel

from adminapp import indexes, jobs, sealing, uploads
from adminapp.identity import make_id
from adminapp.jobs import model, runner
from adminapp.matching import store
from adminapp.scope import ALL, Actor
from exports import match_files
from tests.adminapp.payments import conftest as payments

engine, world, work, raw = payments.engine, payments.world, payments.work, payments.raw
REVIEWER = Actor("reviewer", "县核对虚构", frozenset({"county_reviewer"}), ALL)
APPROVER = Actor("approver", "县审批虚构", frozenset({"county_approver"}), ALL)
HERE, THERE = "433123109", "433123101"
CLERK = Actor("clerk", "经办虚构", frozenset({"township_clerk"}), frozenset({HERE}))
OTHER = Actor("other", "邻乡虚构", frozenset({"township_clerk"}), frozenset({THERE}))
VILLAGE = f"{HERE}001"
HEADS = {"death": ("姓名", "公民身份号码", "死亡日期", "备注"), "custody": ("姓名", "身份证号", "入监日期", "刑满日期", "类别", "监所"),
         "moved": ("姓名", "公民身份号码", "迁出日期", "迁往地")}  # fmt: skip


STEMS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"


def name_of(n: int) -> str:
    return f"虚构{STEMS[n - 1]}"


def number_of(n: int) -> str:
    """Return the ID number of person n."""
    return make_id("433123", date(1950, 1, 1 + n % 28), n % 999 + 1)


@pytest.fixture
def county(engine, database):  # noqa: F811
    for name in (store.COLLECTION, store.RUNS, "cases", "deaths", "warnings", "kin_filings"):
        declared = [index for index in indexes.INDEXES.values() if index.collection == name]
        if declared:
            database[name].create_indexes([IndexModel(list(each.keys), name=each.name, **dict(each.options)) for each in declared])
    if match_files.JOB not in jobs.registry.KINDS:
        match_files.register()
    return engine


@pytest.fixture
def household(county, world):  # noqa: F811
    """Return the maker of an award: person n leads, the others are members."""

    def made(n, *members, **about):
        keys = [sealing.key_of(number_of(each)) for each in (n, *members)]
        award = world.award(n, person=keys[0], people=len(keys), village=about.pop("village", VILLAGE), name=name_of(n), **about)
        people = [{"key": key, "name": name_of(each), "relation": "self" if each == n else "child"} for key, each in zip(keys, (n, *members), strict=True)]
        world.database.cases.update_one({"_id": award["_id"]}, {"$set": {"people": people}})
        world.database.awards.update_one({"_id": award["_id"]}, {"$set": {"people": keys}})
        return world.database.awards.find_one({"_id": award["_id"]})

    return made


def file_of(kind, *rows, encoding="utf-8"):
    """Return a CSV of a list."""
    text = io.StringIO()
    csv.writer(text).writerows([HEADS[kind], *rows])
    return text.getvalue().encode(encoding)


def died(n, on="2026-08-03", name=None, note=""):
    return (name or name_of(n), number_of(n), on, note)


@pytest.fixture
def compare(county):
    """Return a function that has a file compared as its job would, and returns the job."""

    def run(kind, data, name="名单.csv"):
        job_id = model.start(match_files.JOB, "比对", {"list": kind, "upload": uploads.keep(data, name, REVIEWER)}, REVIEWER)
        runner.run_job(county, job_id)
        return model.get(job_id)

    return run


@pytest.fixture
def matches(database):
    """Return a function that gives the stored matches by name."""
    return lambda: {row["name"]: row for row in database[store.COLLECTION].find()}
