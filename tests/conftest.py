"""One real database server for the whole run, one database for each worker."""

import secrets
import uuid
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from itsdangerous import URLSafeTimedSerializer
from playwright.sync_api import sync_playwright

from adminapp import database as connection
from adminapp import indexes, mongod, standards
from adminapp.app import create_app
from adminapp.auth import accounts, passwords
from adminapp.config import read_settings
from adminapp.engine import Engine
from schemas.case import CaseBase
from seed.accounts import DEMO_PASSWORD, SMALL
from seed.accounts import accounts as demo_accounts
from tests import browser as chrome
from tests.exports.notices import faces

CACHE_GB = 0.25
# Argon2 as in the product, at its lowest cost: some thousand logins of tests would spend a minute and a half on it.
HASHER_OF_THE_PRODUCT = passwords.HASHER
passwords.HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
passwords._ANYBODY = passwords.HASHER.hash("nobody")
LONG = ("tests/test_matrix.py", "tests/test_screens.py", "tests/seed/", "tests/test_story_browser.py", "tests/test_schema_edits.py", "tests/views/designer/")
"""Files that take minutes: begun first, so that no worker is left alone with one at the end."""


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: next((place for place, name in enumerate(LONG) if item.nodeid.startswith(name)), len(LONG)))


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory, worker_id):
    """Return the folder that all workers of this run share."""
    folder = tmp_path_factory.getbasetemp()
    return folder if worker_id == "master" else folder.parent


@pytest.fixture(scope="session")
def mongo_uri(run_folder):
    """Return the URI of the server of this run; it stops with the last worker."""
    with mongod.embedded(run_folder / "home", cache_gb=CACHE_GB) as uri:
        yield uri


@pytest.fixture(scope="session")
def settings(mongo_uri, run_folder, worker_id):
    """Return the settings of this worker: own home, own database, the server of the run."""
    return read_settings(
        {},
        mongodb_uri=mongo_uri,
        database=f"test_{worker_id}_{uuid.uuid4().hex[:8]}",
        home=run_folder / f"home-{worker_id}",
        insecure_cookies=True,
    )


@pytest.fixture(scope="session")
def _connected(settings):
    db = connection.connect(settings)
    yield db
    connection.connect(settings).client.drop_database(settings.database)
    connection.close()


@pytest.fixture
def database(_connected, settings):
    """Return the database of this worker without documents; mongoengine's default connection goes there too.

    Collections and indexes of earlier tests stay: building two hundred indexes takes longer than most tests.
    """
    db = connection.connect(settings)  # the same, unless a test closed it
    empty(db)
    return db


@pytest.fixture
def bare_database(database):
    """Return the database of this worker with nothing in it, for tests of indexes and of what makes collections."""
    for name in stored_collections(database):
        database.drop_collection(name)
    return database


def stored_collections(db) -> list[str]:
    return [name for name in db.list_collection_names(filter={"type": "collection"}) if not name.startswith("system.")]


def empty(db, kept=frozenset()):
    """Delete every document but those of the collections `kept`."""
    for name in stored_collections(db):
        if name not in kept:
            db[name].delete_many({})


# The app, signed in. It has its own database with indexes, standards and relief types, which stay from test to test.

TYPES = Path(__file__).parent.parent / "schemas" / "relief_types"
KEPT = {"relief_types", "standards"}
HERE, THERE = SMALL
"""The township of the people in tests, and the other one."""


@pytest.fixture(scope="session")
def app_settings(settings):
    return settings.replaced(database=settings.database + "_app")


@pytest.fixture(scope="session")
def _app(app_settings):
    """Return the app with the county's relief types published."""
    faces.lend(app_settings.home)  # or the first paper of each worker starts half a minute of work beside the tests
    app = create_app(app_settings)
    app.testing = True
    engine = app.extensions["relief"]
    connection.connect(app_settings).client.drop_database(app_settings.database)
    indexes.upgrade(connection.current())
    engine.connect()
    engine.standards_store.replace(standards.read_file(), "tests")
    for path in sorted(TYPES.glob("*.yaml")):
        engine.registry.publish(path.read_text("utf-8"), "tests", engine.standards.types())
    app.published = engine.registry.seq
    yield app
    connection.connect(app_settings).client.drop_database(app_settings.database)


@pytest.fixture
def app(_app, app_settings):
    """Return the app on a database with standards and relief types and nothing else."""
    db = connection.connect(app_settings)
    empty(db, KEPT)
    if db.relief_types.delete_many({"seq": {"$gt": _app.published}}).deleted_count:
        _app.extensions["relief"] = Engine(app_settings, CaseBase)
    _app.extensions["relief"].connect(check_indexes=False)
    return _app


@pytest.fixture
def standards_again(app):
    """Put the standards of the app back after a test that publishes others: they stay from test to test."""
    yield
    app.extensions["relief"].standards_store.replace(standards.read_file(), "tests")


@pytest.fixture(scope="session")
def _account_rows():
    """Return what `people` stores, made once: fourteen hashes take half a second."""
    return []


@pytest.fixture
def people(app, _account_rows):
    """Store the demo accounts of two townships; return {username: account}: one for each role and township."""
    found = {account.username: account for account in demo_accounts()}
    if not _account_rows:
        for account in found.values():
            townships = [account.township] if account.township else []
            accounts.create_user(
                account.username, account.name, [account.role], townships, account.villages, DEMO_PASSWORD, demo=True
            )
        _account_rows.extend(connection.raw("users").find())
        connection.raw("audit").delete_many({})
    else:
        connection.raw("users").insert_many(_account_rows)
    return found


class Browser:
    """A client that sends a form token with what it posts, as our pages do."""

    def __init__(self, app):
        self.client = app.test_client()
        self.signer = URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token")

    def get(self, path, **options):
        return sendable(self.client.get(path, **options))

    def token(self):
        """Return a form token of this browser's session."""
        with self.client.session_transaction() as session:
            return self.signer.dumps(session.setdefault("csrf_token", secrets.token_hex(20)))

    def post(self, path, data=None, **options):
        headers = {"X-CSRFToken": self.token(), **options.pop("headers", {})}
        return sendable(self.client.post(path, data=data or {}, headers=headers, **options))


def sendable(answer):
    """Return an answer whose headers a server can send: in Latin-1, where this client takes anything."""
    for _name, value in answer.headers:
        value.encode("latin-1")
    return answer


@pytest.fixture
def browser(app):
    """Return a maker of browsers: nobody is signed in there yet."""
    return lambda: Browser(app)


@pytest.fixture
def client(browser):
    """Return one browser; `login` signs in there."""
    return browser()


@pytest.fixture
def login(people, client):
    """Sign in by username: login("clerk.tuojiang") returns the client, login("reviewer", other) another browser."""

    def sign_in(username, browser=client, password=DEMO_PASSWORD):
        browser.client.delete_cookie("sid")
        answer = browser.post("/login", {"username": username, "password": password})
        assert answer.status_code == 303, answer.text
        return browser

    return sign_in


# The app in a real browser: one Chromium for each worker, one server and fresh contexts for each test.


@pytest.fixture(scope="session")
def chromium():
    """Return the installed browser; without one the tests that need it are skipped and say so."""
    if not Path(chrome.EXECUTABLE).exists():
        pytest.skip(f"no browser at {chrome.EXECUTABLE}")
    with sync_playwright() as playwright, chrome.launched(playwright) as found:
        yield found


@pytest.fixture
def site(app, people):
    """Return the address of the app, served with the demo accounts."""
    with chrome.served(app) as address:
        yield address


@pytest.fixture
def sign_in(chromium, site):
    """Return a function that signs in and gives the page; `page.troubles` collects what browser and policy complain of."""
    with chrome.people_of(chromium, site) as found:
        yield found
