"""The generated list, its pages, filters and search over 100,000 cases, beside Flask-Admin's own view of the same data.

A small seeded county is multiplied: same documents, other numbers and names. Both sides are asked through a test client on one
real server; ours signs in, masks, scopes and logs, the stock view does none of it. `SCALE=10` is the million.
"""

import os
import random
import re
import statistics
import time
from types import SimpleNamespace

import mongoengine as me
from bson import ObjectId
from flask import Flask
from flask_admin import Admin
from flask_admin.contrib.mongoengine import ModelView
from flask_babel import Babel

from adminapp import database, indexes, mongod, pinyin
from adminapp.app import create_app
from adminapp.search import terms
from seed import county
from seed.accounts import DEMO_PASSWORD
from seed.names import Namer

TYPE = "dibao_rural"
SURNAMES, SEXES = "龙吴石麻廖田向彭", ("male", "female")
CASES = 100_000
ASKED = 15


def run(scale: float = 1):
    with mongod.temporary(cache_gb=2) as (uri, home):
        app = create_app(home=home, mongodb_uri=uri, database="bench", insecure_cookies=True)
        engine = app.extensions["relief"]
        engine.connect(check_indexes=False)
        indexes.upgrade(database.current())
        county.build(engine, 0.02, 1)
        count = int(CASES * scale)
        middle = multiply(count)
        try:
            ours, stock = sign_in(app), stock_client()
            yield from compare(ours, stock, count, middle)
        finally:
            database.close()


def multiply(count: int) -> dict:
    """Fill the collection up to `count` cases of one type; return one case out of the middle."""
    cases = database.raw("cases")
    models = list(cases.find({"type": TYPE}))
    townships = sorted(cases.distinct("township"))
    random_ = random.Random(7)
    namer = Namer(random_)
    batch, middle = [], None
    for number in range(count):
        row = dict(models[number % len(models)])
        name = namer.name(random_.choice(SURNAMES), random_.choice(SEXES))
        township = townships[0] if number % 17 == 0 else townships[1] if number % 17 == 1 else f"4331231{number % 15 + 10:02d}"
        row |= {
            "_id": ObjectId(), "number": f"{township}DBR2026{number:06d}", "name": name, "township": township, "outbox": [], "records": [],
            "decision": {}, "clocks": [], "files": [], "people": [{"key": f"{number:032x}", "name": name}],
        }  # fmt: skip
        case = SimpleNamespace(number=row["number"], people=row["people"])
        terms.index(case)
        row |= vars(case)
        batch.append(row)
        middle = row if number == count // 2 else middle
        if len(batch) == 2000:
            cases.insert_many(batch, ordered=False)
            batch = []
    if batch:
        cases.insert_many(batch, ordered=False)
    return middle


def sign_in(app):
    client = app.test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/login").text)[1]
    answer = client.post("/login", data={"username": "reviewer", "password": DEMO_PASSWORD, "csrf_token": token})
    assert answer.status_code == 303, answer.text
    return client


def stock_client():
    """The view anybody would write first: the same nine columns, three filters, search by name."""

    class Case(me.Document):
        meta = {"collection": "cases", "strict": False, "auto_create_index": False}
        number, name, township, village, state, type = (me.StringField() for _ in range(6))
        applied_on, due = me.DateTimeField(), me.DateTimeField()
        amount = me.LongField()

    class CaseView(ModelView):
        column_list = ("number", "name", "township", "village", "state", "applied_on", "due", "amount", "type")
        column_filters = ("state", "township", "type")
        column_searchable_list = ("name", "number")

    app = Flask("stock")
    app.config["SECRET_KEY"] = "bench"
    Babel(app)
    Admin(app, name="stock").add_view(CaseView(Case, endpoint="case"))
    return app.test_client()


def asked(client, path):
    """Return the median of ASKED requests in ms, the first ones left out."""
    times = []
    for _ in range(ASKED + 3):
        start = time.perf_counter()
        answer = client.get(path)
        times.append((time.perf_counter() - start) * 1000)
        assert answer.status_code in (200, 302), (path, answer.status_code, answer.text[:500])
    return statistics.median(times[3:])


def words_of(case) -> dict[str, str]:
    """Return {what it is: what is typed} for one case; the last ones are mistyped and find it all the same."""
    name, spelled = case["name"], pinyin.spell(case["name"])
    return {
        "name": name,
        "two letters of a name": name[-2:],
        "pinyin initials": pinyin.initials(name),
        "pinyin": spelled,
        "case number": case["number"],
        "end of a case number": case["number"][-9:],
        "a name with a wrong character": name[:-1] + "龘",
        "pinyin with a wrong letter": spelled[:-2] + "x" + spelled[-1:],
    }


def compare(ours, stock, count, middle):
    list_ = f"/cases/{TYPE}/"
    base, theirs = asked(ours, list_), asked(stock, "/admin/case/")
    yield f"first page of {count:,} cases, whole county", base, "ms", "budget: stock"
    yield "Flask-Admin's own first page", theirs, "ms"
    yield "ratio", base / theirs, "x", "budget 1"
    yield "a page out of the middle (keyset)", asked(ours, f"{list_}?after={middle['_id']}"), "ms"
    yield f"Flask-Admin's page {count // 40:,}", asked(stock, f"/admin/case/?page={count // 40}"), "ms"
    yield "one township, one state", asked(ours, f"{list_}?township={middle['township']}&state={middle['state']}"), "ms"
    yield "Flask-Admin, filtered by state", asked(stock, f"/admin/case/?flt0_0={middle['state']}"), "ms"
    facet = next((facet for facet in middle["facets"]), "")
    key, _, code = facet.partition("=")
    yield f"declared filter ({key})", asked(ours, f"{list_}?f.{key}={code}"), "ms"
    budget = f"budget {20 if count <= CASES else 30}"
    for label, word in words_of(middle).items():
        yield f"search by {label}", asked(ours, f"{list_}?q={word}"), "ms", budget
    for label, word in words_of(middle).items():
        yield f"suggestions for {label}", asked(ours, f"/search/suggest?q={word}"), "ms", budget
    yield "Flask-Admin's search by name", asked(stock, f"/admin/case/?search={middle['name']}"), "ms"
    yield "work list of the county", asked(ours, "/work/"), "ms"
    yield "load of this machine", os.getloadavg()[0], ""
