"""One real database server for the whole run, one database for each worker."""

import uuid

import pytest

from adminapp import database as connection
from adminapp import mongod
from adminapp.config import read_settings

CACHE_GB = 0.25


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
    """Return the database of this worker, empty; mongoengine's default connection goes there too."""
    db = connection.connect(settings)  # the same, unless a test closed it
    for name in db.list_collection_names(filter={"type": "collection"}):
        if not name.startswith("system."):
            db.drop_collection(name)
    return db
