"""Backups: what is saved is what comes back, of one moment, and nothing else than a whole file of ours is restored."""

import io
import tarfile
from contextlib import contextmanager

import pytest
from bson import ObjectId

from adminapp import database as connection
from adminapp import sealing
from adminapp.backup import keys, reading, restoring, sealed, writing
from adminapp.errors import SetupError


@pytest.fixture
def settings_here(story_settings, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    return story_settings.replaced(home=home, anchors=None)


@pytest.fixture
def pair(tmp_path):
    path = tmp_path / "identity.txt"
    return sealed.recipient_of(sealed.new_identity(path)), sealed.read_identity(path)


@pytest.fixture
def saved(case, settings_here, pair, tmp_path):
    """Return the path of a backup of a database with one case, a file of a job and an anchor."""
    (settings_here.anchor_folder / "000001.json").write_text("{}", "ascii")
    artefact = settings_here.home / "artefacts" / "job1" / "list.xlsx"
    artefact.parent.mkdir(parents=True)
    artefact.write_bytes(b"PK list")
    folder = tmp_path / "backups"
    folder.mkdir()
    return writing.write(settings_here, folder, pair[0])


@contextmanager
def elsewhere(settings, tmp_path):
    """Connect to an empty database of another name with an empty home, as after a loss."""
    home = tmp_path / "new_home"
    home.mkdir(exist_ok=True)
    uri = connection._held.server.uri if connection._held.server else settings.mongodb_uri
    other = settings.replaced(database=f"{settings.database}_back", home=home, mongodb_uri=uri)
    try:
        yield other, connection.connect(other)
    finally:
        connection.connect(other).client.drop_database(other.database)
        connection.connect(settings)


def everything(db):
    names = sorted(name for name in db.list_collection_names() if not name.startswith("system."))
    return {name: (restoring.digest_of(db, name), sorted(map(str, writing.indexes_of(db, name)))) for name in names if db[name].find_one()}


def test_what_comes_back_is_what_was_saved(saved, case, settings_here, story_settings, pair, tmp_path):
    before = everything(connection.current())
    before.pop("audit", None)  # the backup itself is logged after it
    with elsewhere(story_settings, tmp_path) as (other, db):
        manifest = restoring.restore(other, saved, pair[1])
        after = everything(db)
        after.pop("audit", None)
        assert after == before and {"cases", "events"} <= after.keys()
        number = db.cases.find_one({"_id": case.id})["x_applicant_id"]
        assert sealing.unseal(number, "id_number") == "433123195603074216"
        assert (other.home / "artefacts" / "job1" / "list.xlsx").read_bytes() == b"PK list"
        assert (other.anchor_folder / "000001.json").read_text() == "{}"
        assert manifest["collections"]["cases"]["documents"] == 1
        assert restoring.MARK not in db.list_collection_names()


def test_rows_whose_time_is_over_may_go_as_soon_as_their_index_is_there(saved, story_settings, pair, tmp_path, monkeypatch):
    build = restoring._build

    def then_the_server_drops(db, name, told):
        build(db, name, told)
        db[name].delete_many({})

    monkeypatch.setattr(restoring, "_build", then_the_server_drops)
    with elsewhere(story_settings, tmp_path) as (other, db):
        assert "cases" in restoring.restore(other, saved, pair[1])["collections"]
        assert restoring.MARK not in db.list_collection_names()


def test_no_number_and_no_name_lies_open_in_the_file(saved):
    data = saved.read_bytes()
    assert "龙䶮虚构".encode() not in data and b"433123195603074216" not in data and data.startswith(b"age-encryption.org/v1")
    assert saved.stat().st_mode & 0o077 == 0


def test_everything_is_of_one_moment(case, settings_here, pair, tmp_path):
    db = connection.current()
    db.early.insert_one({"_id": 1}), db.late.insert_one({"_id": 1})

    def meanwhile(name):
        if name == "early":
            db.early.insert_one({"_id": 2}), db.late.insert_one({"_id": 2})

    path = writing.write(settings_here, tmp_path, pair[0], meanwhile)
    manifest = reading.through(path, pair[1])
    assert [manifest["collections"][name]["documents"] for name in ("early", "late")] == [1, 1]
    assert db.late.count_documents({}) == 2
    db.drop_collection("early"), db.drop_collection("late")


def test_large_collections_come_in_parts(case, settings_here, story_settings, pair, tmp_path, monkeypatch):
    monkeypatch.setattr(writing, "PART", 2000)
    db = connection.current()
    db.early.insert_many([{"_id": ObjectId(), "text": "虚构" * 40} for _ in range(100)])
    path, before = writing.write(settings_here, tmp_path, pair[0]), restoring.digest_of(db, "early")
    with elsewhere(story_settings, tmp_path) as (other, back):
        restoring.restore(other, path, pair[1])
        assert restoring.digest_of(back, "early") == before
    connection.current().drop_collection("early")


@pytest.mark.parametrize("where", [0.05, 0.5, 0.98])
def test_a_changed_byte_is_found(saved, pair, where):
    data = bytearray(saved.read_bytes())
    data[int(len(data) * where)] ^= 1
    saved.write_bytes(data)
    with pytest.raises(SetupError, match="打不开|不完整|被改动"):
        reading.through(saved, pair[1])


@pytest.mark.parametrize("part", [0.3, 0.9])
def test_a_file_that_was_cut_off_is_found_before_anything_is_written(saved, pair, story_settings, tmp_path, part):
    data = saved.read_bytes()
    saved.write_bytes(data[: int(len(data) * part)])
    with elsewhere(story_settings, tmp_path) as (other, db):
        with pytest.raises(SetupError):
            restoring.restore(other, saved, pair[1])
        assert db.list_collection_names() == []


def test_only_the_identity_of_the_backup_opens_it(saved, tmp_path):
    sealed.new_identity(tmp_path / "other.txt")
    with pytest.raises(SetupError, match="私钥不是这份备份的"):
        reading.through(saved, sealed.read_identity(tmp_path / "other.txt"))


def test_a_database_that_holds_anything_is_left_alone(saved, pair, story_settings, tmp_path):
    with elsewhere(story_settings, tmp_path) as (other, db):
        db.cases.insert_one({"_id": 7})
        with pytest.raises(SetupError, match="已有数据"):
            restoring.restore(other, saved, pair[1])
        assert [*db.cases.find()] == [{"_id": 7}]


def test_a_restore_that_broke_off_is_begun_again(saved, pair, story_settings, tmp_path, monkeypatch):
    with elsewhere(story_settings, tmp_path) as (other, db):

        def broken(db, name, told):
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(restoring, "_build", broken)
            with pytest.raises(KeyboardInterrupt):
                restoring.restore(other, saved, pair[1])
        assert db[restoring.MARK].find_one() and db.cases.count_documents({}) == 1
        restoring.restore(other, saved, pair[1])
        assert db.cases.count_documents({}) == 1 and restoring.MARK not in db.list_collection_names()


def test_other_keys_are_refused_before_anything_is_written(saved, pair, story_settings, settings, tmp_path):
    with elsewhere(story_settings, tmp_path) as (other, db):
        sealing.use_keys(tmp_path / "other.json")
        try:
            with pytest.raises(SetupError, match="密钥不是这份备份的"):
                restoring.restore(other, saved, pair[1])
        finally:
            sealing.use_keys(settings.home / "keys" / "fields.json")
        assert db.list_collection_names() == []


@pytest.mark.parametrize("name", ["files/artefacts/../../evil", "files/anchors/../../../evil"])
def test_a_file_name_that_leads_out_is_refused(settings_here, name):
    with pytest.raises(SetupError, match="文件名"):
        restoring._write(settings_here, name.removeprefix("files/"), b"x")


def test_a_file_without_its_list_is_refused(pair, tmp_path):
    path = tmp_path / "relief-x.age"
    with sealed.writing(path, pair[0]) as tar:
        member = tarfile.TarInfo("data/cases/000001.bson")
        tar.addfile(member, io.BytesIO(b""))
    with pytest.raises(SetupError, match="没有结尾的清单"):
        reading.through(path, pair[1])


def test_a_backup_never_replaces_another_and_leaves_nothing_half(saved, pair, tmp_path):
    before = saved.read_bytes()
    with pytest.raises(SetupError, match="已经存在"), sealed.writing(saved, pair[0]):
        pass
    with pytest.raises(RuntimeError), sealed.writing(tmp_path / "new.age", pair[0]):
        raise RuntimeError
    assert saved.read_bytes() == before and [*tmp_path.glob("*.age")] == [] and [*tmp_path.glob(".*part")] == []


# Keys


def test_keys_come_back_by_their_passphrase_alone(settings_here, tmp_path):
    text = settings_here.secret_key if not settings_here.secret else (settings_here.keys / "secret").write_text("s" * 64)
    path, phrase = tmp_path / "keys.age", "一句足够长的口令用来测试"
    keys.save(settings_here, path, phrase)
    assert b"secret" not in path.read_bytes()
    other = settings_here.replaced(home=tmp_path / "new")
    with pytest.raises(SetupError, match="口令不对"):
        keys.restore(other, path, phrase + "x")
    assert keys.restore(other, path, phrase) == ["secret"]
    assert (other.home / "keys" / "secret").read_bytes() == (settings_here.keys / "secret").read_bytes() and text
    (other.home / "keys" / "secret").write_text("x" * 64)
    with pytest.raises(SetupError, match="已经存在且不同"):
        keys.restore(other, path, phrase)


def test_a_short_passphrase_is_refused(settings_here, tmp_path):
    with pytest.raises(SetupError, match="至少 12 个字符"):
        keys.save(settings_here, tmp_path / "keys.age", "123456")
    assert not (tmp_path / "keys.age").exists()


@pytest.mark.parametrize("text", ["", "age1xyz", "私钥"])
def test_what_is_no_public_key_is_refused(text):
    with pytest.raises(SetupError, match="age1"):
        sealed.recipient_of(text)


def test_an_identity_is_never_overwritten(tmp_path):
    sealed.new_identity(tmp_path / "a.txt")
    before = (tmp_path / "a.txt").read_text()
    with pytest.raises(SetupError, match="已经存在"):
        sealed.new_identity(tmp_path / "a.txt")
    assert (tmp_path / "a.txt").read_text() == before and (tmp_path / "a.txt").stat().st_mode & 0o077 == 0
