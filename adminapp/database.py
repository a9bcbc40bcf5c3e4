"""The connection to MongoDB: one per process, with every guarantee set here and none left to a default.

Writes wait for a majority and its journal; reads go to the primary; nothing waits for ever. These win over what
RELIEF_MONGODB_URI says.

Connect after the fork: a web worker calls `connect` in its own process (gunicorn: `post_fork`), because a client made
before the fork does not survive it. Calling again in a child makes a new client by itself.
"""

import contextlib
import os
import re

import mongoengine
import pymongo
import pymongo.errors

from adminapp import mongod
from adminapp.errors import SetupError

OLDEST = (6, 0)
OPTIONS = {
    "w": "majority",
    "journal": True,
    "wtimeoutMS": 5_000,
    "readConcernLevel": "majority",
    "readPreference": "primary",
    "retryWrites": True,
    "retryReads": True,
    "serverSelectionTimeoutMS": 3_000,
    "connectTimeoutMS": 3_000,
    "socketTimeoutMS": 10_000,
    "maxPoolSize": 20,
    "waitQueueTimeoutMS": 3_000,
    "tz_aware": True,
    "uuidRepresentation": "standard",
    "appname": "relief",
}
AUTHENTICATION_FAILED, UNAUTHORIZED = 18, 13


class _Connection:
    """What this process holds: at most one."""

    settings = client = server = database = pid = None


_held = _Connection()


def connect(settings):
    """Return the checked Database (pymongo) and make it mongoengine's default connection.

    With no URI in the settings the embedded server of `settings.home` is started and used until `close`. Calling
    again with the same settings returns the same database; with others, the old connection is closed first. Raise
    SetupError, one sentence without any password, when there is no usable server.
    """
    if _held.client is not None and (_held.pid, _held.settings) == (os.getpid(), settings):
        return _held.database
    close()
    server = mongod.acquire(settings.home, cache_gb=settings.cache_gb) if settings.embedded else None
    client = None
    try:
        client = open_client(server.uri if server else settings.mongodb_uri)
        check_server(client)
    except BaseException:
        if client:
            client.close()
        if server:
            server.release()
        raise
    # A class that returns our client keeps mongoengine from reading the URI itself, where it would take the name of
    # the database and drop options.
    mongoengine.connect(db=settings.database, mongo_client_class=lambda **_: client)
    _held.settings, _held.client, _held.server, _held.pid = settings, client, server, os.getpid()
    _held.database = client[settings.database]
    return _held.database


def open_client(uri, **options):
    """Return a MongoClient with OPTIONS (changed by `options`). Nothing is sent yet. Raise SetupError for a bad URI."""
    try:
        return pymongo.MongoClient(uri, **OPTIONS | options)
    except (pymongo.errors.PyMongoError, ValueError, TypeError):
        pass
    # Raised outside the handler: pymongo's own sentence can quote a piece of a badly escaped password.
    raise SetupError(
        "RELIEF_MONGODB_URI 的写法不对，应类似 mongodb://用户:密码@主机:27017/?replicaSet=rs0；"
        "密码中的 @ : / % 等字符要写成百分号编码。"
    )


def check_server(client):
    """Raise SetupError, one sentence, unless the server answers, is new enough and is a replica set or sharded."""
    problem = _problem_of(client)
    if problem:
        raise SetupError(problem)


def _problem_of(client):
    where = "、".join(_nodes(client))
    try:
        hello = client.admin.command("hello")
        version = client.admin.command("buildInfo")["version"]
    except pymongo.errors.OperationFailure as error:
        if error.code in (AUTHENTICATION_FAILED, UNAUTHORIZED):
            return f"数据库服务器 {where} 拒绝登录，请检查 RELIEF_MONGODB_URI 中的用户名、密码和 authSource。"
        return f"数据库服务器 {where} 不能正常应答（错误码 {error.code}），请检查服务器状态。"
    except pymongo.errors.ConfigurationError:
        return f"RELIEF_MONGODB_URI 中的连接选项与数据库服务器 {where} 不符，请检查 replicaSet、tls 等选项。"
    except pymongo.errors.ServerSelectionTimeoutError as error:
        if _is_without_primary(client):
            return f"数据库副本集 {where} 现在没有主节点，正在选举或者多数节点没有启动，请检查各台服务器后再试。"
        if "replica set" in str(error):  # some server answered, and was left out for its set name
            return f"数据库服务器 {where} 的副本集名称与 RELIEF_MONGODB_URI 中的 replicaSet 不符，或不是副本集。"
        return f"连接不上数据库服务器 {where}，请确认服务器已启动、地址和端口正确、网络可达。"
    except pymongo.errors.PyMongoError:
        return f"连接不上数据库服务器 {where}，请确认服务器已启动、地址和端口正确、网络可达。"
    return _problem_with(hello, version, where)


def _problem_with(hello, version, where):
    """Return why a server that answers is not good enough (sentence), or None."""
    if tuple(int(part) for part in re.findall(r"\d+", version)[:2]) < OLDEST:
        return f"数据库服务器 {where} 的版本是 {version}，需要 MongoDB 6.0 或更高版本。"
    if not hello.get("setName") and hello.get("msg") != "isdbgrid":
        return f"数据库服务器 {where} 不是副本集（一个节点也可以）或分片集群，请用 --replSet 启动并执行 rs.initiate()。"
    return None


def _is_without_primary(client):
    """Return whether a server of the set answers, but not as its primary."""
    return any(server.server_type_name == "RSSecondary" for server in client.topology_description.server_descriptions().values())


def _nodes(client):
    """Return the addresses ("host:port") that the URI names: never user or password."""
    return [f"{host}:{port}" for host, port in sorted(client.topology_description.server_descriptions())] or ["?"]


def current():
    """Return the connected Database. Raise SetupError before `connect`."""
    if _held.database is None:
        raise SetupError("还没有连接数据库。")
    return _held.database


def raw(collection):
    """Return the pymongo Collection of that name without any scope: the one door past the rights of the person.

    For indexes, jobs, seeds, backups and audits, which work for nobody in particular. A screen or an export never
    calls it. Tests and reviews find every use by this name.
    """
    return current()[collection]


@contextlib.contextmanager
def in_order():
    """Let no read of the block miss what the block wrote or read before, also at a server that became primary meanwhile.

    A new primary answers before it knows which writes of the old one a majority has confirmed. Holds for this thread; without
    a connection the block runs as it is.
    """
    if _held.client is None or _held.pid != os.getpid():
        yield
        return
    with _held.client.start_session(causal_consistency=True) as session, session.bind():
        yield


def close():
    """Close the connection and give the embedded server back. Safe to call when nothing is open."""
    if _held.client is not None:
        mongoengine.disconnect()
        if _held.server and _held.pid == os.getpid():
            _held.server.release()
    _held.settings = _held.client = _held.server = _held.database = _held.pid = None
