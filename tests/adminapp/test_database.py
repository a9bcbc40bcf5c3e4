"""The connection carries its guarantees, checks the server, and never repeats a password."""

import datetime
import os
import socket
import subprocess
import time
import uuid
from types import SimpleNamespace

import mongoengine
import pymongo
import pytest

from adminapp import database as connection
from adminapp import mongod
from adminapp.errors import SetupError
from tests.reads import reads_of


@pytest.fixture
def lone_server(tmp_path):
    """Yield the port of a real server that is no replica set."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [mongod.find_binary(), "--port", str(port), "--bind_ip", "127.0.0.1", "--dbpath", tmp_path]
    command += ["--wiredTigerCacheSizeGB", "0.25", "--nounixsocket"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        with pymongo.MongoClient("127.0.0.1", port) as client:
            client.admin.command("ping")
        yield port
        server.terminate()


def refusal(settings, **changes):
    """Return the sentence with which connecting is refused."""
    with pytest.raises(SetupError) as caught:
        connection.connect(settings.replaced(**changes))
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_writes_wait_for_a_majority_and_its_journal(database):
    concern = database.client.write_concern.document
    assert concern == {"w": "majority", "j": True, "wtimeout": 5000}


def test_a_weaker_promise_in_the_uri_is_overruled(database, settings):
    weak = settings.mongodb_uri + "&w=1&journal=false&readPreference=secondary&retryWrites=false"
    db = connection.connect(settings.replaced(mongodb_uri=weak))
    assert db.client.write_concern.document == {"w": "majority", "j": True, "wtimeout": 5000}
    assert db.client.read_preference == pymongo.ReadPreference.PRIMARY
    assert db.client.options.retry_writes


def test_nothing_waits_for_ever(database):
    options = database.client.options
    assert options.server_selection_timeout == 3
    assert options.pool_options.connect_timeout == 3
    assert options.pool_options.socket_timeout == 10
    assert options.pool_options.wait_queue_timeout == 3


def test_datetimes_come_back_aware_and_uuids_plain(database):
    now = datetime.datetime(2026, 9, 1, 8, tzinfo=datetime.UTC)
    key = uuid.uuid4()
    database.things.insert_one({"at": now, "key": key})
    assert database.things.find_one() | {"_id": 0} == {"_id": 0, "at": now, "key": key}


def test_mongoengine_uses_the_same_client_and_database(database):
    assert mongoengine.get_db() == database
    assert mongoengine.get_connection() is database.client


def test_the_database_of_the_settings_wins_over_the_one_in_the_uri(database, settings):
    uri = settings.mongodb_uri.replace("/?", "/another?")
    assert connection.connect(settings.replaced(mongodb_uri=uri)).name == settings.database


def test_connecting_again_gives_the_same_client(database, settings):
    assert connection.connect(settings).client is database.client


def test_a_forked_child_gets_its_own_client(database, settings):
    database.things.insert_one({"_id": 1})
    parent = database.client
    child = os.fork()
    if not child:
        mine = connection.connect(settings)
        good = mine.client is not parent and mine.things.find_one() == {"_id": 1}
        os._exit(0 if good else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert database.things.find_one() == {"_id": 1}


def test_raw_reaches_any_collection_of_the_database(database):
    connection.raw("things").insert_one({"_id": 1})
    assert database.things.count_documents({}) == 1


def test_a_block_in_order_reads_behind_what_it_wrote(database, settings):
    with reads_of("things", settings) as reads:
        things = connection.raw("things")
        with connection.in_order():
            things.insert_one({"_id": 1})
            things.find_one()
        things.find_one()
    assert [moment is None for moment in reads] == [False, True]


def test_a_block_in_order_runs_without_a_connection_too(database):
    connection.close()
    with connection.in_order():
        pass


def test_using_it_before_connecting_is_refused(database):
    connection.close()
    with pytest.raises(SetupError):
        connection.raw("things")


def test_close_is_safe_to_repeat(database):
    connection.close()
    connection.close()


def test_no_server_is_one_sentence_with_the_address(database, settings):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    uri = f"mongodb://boss:hunter22@127.0.0.1:{port}/?replicaSet=rs0"
    sentence = refusal(settings, mongodb_uri=uri)
    assert sentence.startswith(f"连接不上数据库服务器 127.0.0.1:{port}，")
    assert "hunter22" not in sentence


@pytest.mark.parametrize(
    "uri",
    [
        "mongodb://boss:hunter22:hunter22@db/",
        "mongodb://boss:hunter22@hunter22@db/",
        "mongodb://boss:hunter22/hunter22@db/",
        "mongodb://boss:hunter22%zz@db/",
        "mongodb://boss:hunter22@db:port/",
        "mongodb://",
        "mongodb://a,b/?directConnection=true",
    ],
)
def test_a_malformed_uri_is_one_sentence_without_the_password(database, settings, uri):
    sentence = refusal(settings, mongodb_uri=uri)
    assert "RELIEF_MONGODB_URI" in sentence
    assert "hunter22" not in sentence


def test_the_password_is_not_in_the_traceback_either(database, settings):
    with pytest.raises(SetupError) as caught:
        connection.connect(settings.replaced(mongodb_uri="mongodb://boss:hunter22/hunter22@db/"))
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_another_replica_set_is_refused(database, settings):
    sentence = refusal(settings, mongodb_uri=settings.mongodb_uri.replace("=rs0", "=other"))
    assert "replicaSet" in sentence


def test_a_set_without_primary_is_told_from_servers_that_are_down(database, settings, monkeypatch):
    class Secondary(pymongo.MongoClient):
        topology_description = SimpleNamespace(server_descriptions=lambda: {("db", 27017): SimpleNamespace(server_type_name="RSSecondary")})

        @property
        def admin(self):
            raise pymongo.errors.ServerSelectionTimeoutError("No replica set members match selector")

    monkeypatch.setattr(connection.pymongo, "MongoClient", Secondary)
    assert refusal(settings, mongodb_uri="mongodb://db/?replicaSet=rs0&connect=false").startswith("数据库副本集 db:27017 现在没有主节点")


def test_a_wrong_login_is_refused(database, settings):
    uri = settings.mongodb_uri.replace("mongodb://", "mongodb://boss:hunter22@")
    sentence = refusal(settings, mongodb_uri=uri)
    assert "拒绝登录" in sentence
    assert "hunter22" not in sentence


def test_a_single_server_is_refused(database, settings, lone_server):
    assert "不是副本集" in refusal(settings, mongodb_uri=f"mongodb://127.0.0.1:{lone_server}/")


@pytest.mark.parametrize(
    ("version", "hello", "part"),
    [
        ("5.0.14", {"setName": "rs0"}, "需要 MongoDB 6.0"),
        ("4.4.0-rc1", {"setName": "rs0"}, "需要 MongoDB 6.0"),
        ("6.0.5", {}, "不是副本集"),
    ],
)
def test_an_unfit_server_is_named_with_its_address(version, hello, part):
    sentence = connection._problem_with(hello, version, "db:27017")
    assert part in sentence
    assert "db:27017" in sentence


@pytest.mark.parametrize(
    ("version", "hello"),
    [("6.0.5", {"setName": "rs0"}), ("7.0.14", {"msg": "isdbgrid"}), ("10.0.0", {"setName": "x"})],
)
def test_a_fit_server_is_accepted(version, hello):
    assert connection._problem_with(hello, version, "db:27017") is None


def test_with_no_uri_the_embedded_server_is_used_and_given_back(database, settings, tmp_path):
    db = connection.connect(settings.replaced(mongodb_uri="", home=tmp_path, cache_gb=0.25))
    db.things.insert_one({})
    uri = f"127.0.0.1:{db.client.address[1]}"
    assert uri not in settings.mongodb_uri
    connection.close()
    deadline = time.monotonic() + 60
    while mongod._keeper_lives(tmp_path / "mongo"):
        assert time.monotonic() < deadline, "the server outlived its last user"
        time.sleep(0.05)
