"""The designer among 100 live types: its pages and edits of a draft whose form has more than 60 fields, and the form it becomes."""

import statistics
import time
from pathlib import Path

from itsdangerous import URLSafeTimedSerializer

from adminapp import database, drafts, indexes, mongod
from adminapp.app import create_app
from adminapp.auth import accounts
from adminapp.config import read_settings
from adminapp.scope import Actor
from adminapp.standards import read_file
from seed.accounts import DEMO_PASSWORD
from tests.bench.publish import TYPES, publish_copy

ROUNDS = 15
FIELDS = 60
BIG = (Path(__file__).parents[2] / "schemas/relief_types/dibao_rural.yaml").read_text("utf-8")
MAKER = Actor("maker", "测试（虚构）", frozenset({"policy_admin"}), None)


def run():
    with mongod.temporary() as (uri, home):
        app = create_app(read_settings({}, home=home, mongodb_uri=uri, insecure_cookies=True))
        engine = app.extensions["relief"]
        engine.connect(check_indexes=False)
        indexes.upgrade(database.current())
        engine.standards_store.replace(read_file(), "bench")
        for number in range(TYPES):
            publish_copy(engine, f"t{number:03d}", f"T{number:03d}")
        engine.registry.publish(BIG, "bench", engine.standards.types())
        for name, role, places in (("maker", "policy_admin", []), ("clerk", "township_clerk", ["433123109"])):
            accounts.create_user(name, "测试（虚构）", [role], places, [], DEMO_PASSWORD, demo=True)
        draft = drafts.begin("type", "dibao_rural", MAKER, engine)
        fields = len(draft.thing.fields)
        assert fields >= FIELDS, fields
        maker, clerk = Desk(app, "maker"), Desk(app, "clerk")
        here = f"/designer/drafts/{draft.id}"
        phone = next(place.key for place in draft.places.values() if place.node.get("id") == "phone")
        rows = [
            (f"index of the designer, {TYPES} types", maker.get("/designer/"), "ms"),
            (f"form builder, {fields} fields", maker.get(f"{here}/form"), "ms", "budget 200"),
            ("one field of it looked at", maker.get(f"{here}/form?at={phone}"), "ms", "budget 200"),
            ("the form as it becomes, in its frame", maker.get(f"{here}/preview/form"), "ms"),
            ("rules with their formulas in words", maker.get(f"{here}/rules"), "ms", "budget 200"),
            ("edit: a help text", maker.edit(here, phone, "help"), "ms", "budget 100"),
            ("edit: a label", maker.edit(here, phone, "label"), "ms", "budget 100"),
            ("check while typing", maker.edit(here, phone, "label", dry="1"), "ms", "budget 100"),
            (f"application form of {fields} fields for a clerk", clerk.get("/cases/dibao_rural/new"), "ms", "budget 200"),
        ]
        database.close()
    return rows


class Desk:
    """A browser of the bench: what a request costs in the middle, in milliseconds."""

    def __init__(self, app, name):
        self.client, self.signer = app.test_client(), URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token")
        self.post("/login", {"username": name, "password": DEMO_PASSWORD}, 303)

    def post(self, path, data, status=200):
        with self.client.session_transaction() as session:
            token = self.signer.dumps(session.setdefault("csrf_token", "b" * 40))
        answer = self.client.post(path, data=data, headers={"X-CSRFToken": token, "Accept": "application/json"})
        assert answer.status_code == status, answer.text[:500]
        return answer

    def get(self, path):
        return middle(lambda _n: self.client.get(path).status_code)

    def edit(self, here, item, name, **more):
        draft = drafts.get(here.rpartition("/")[2])

        def once(number):
            rev = draft.rev if more else drafts.get(draft.id).rev
            return self.post(f"{here}/form/edit", {"do": "set", "item": item, "name": name, "value": f"说明 {number}", "rev": rev, **more}).status_code

        return middle(once)


def middle(call):
    assert call(0) == 200  # templates are compiled once
    found = []
    for number in range(1, ROUNDS + 1):
        start = time.perf_counter()
        assert call(number) == 200
        found.append(time.perf_counter() - start)
    return statistics.median(found) * 1000
