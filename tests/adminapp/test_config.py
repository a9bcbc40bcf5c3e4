"""Settings come from the environment, once, and a bad value is refused in one sentence."""

import stat
import threading

import pytest

from adminapp.config import Settings, read_key, read_settings
from adminapp.errors import SetupError


def test_works_with_nothing_set():
    settings = read_settings({})
    assert settings.embedded
    assert settings.database == "relief"
    assert settings.home.is_absolute()
    assert settings.home.name == "var"
    assert settings.proxy_hops == 0
    assert not settings.insecure_cookies


def test_reads_every_variable(tmp_path):
    settings = read_settings(
        {
            "RELIEF_HOME": str(tmp_path),
            "RELIEF_MONGODB_URI": "mongodb://db/?replicaSet=rs0",
            "RELIEF_DATABASE": "relief_2026",
            "RELIEF_REDIS_URL": "redis://queue/0",
            "RELIEF_SECRET_KEY": "s" * 40,
            "RELIEF_PROXY_HOPS": "2",
            "RELIEF_INSECURE_COOKIES": "yes",
            "RELIEF_COUNTY": "某县",
            "RELIEF_CACHE_GB": "0.5",
            "RELIEF_BACKUP_KEY": "age1abc",
            "RELIEF_ANCHORS": str(tmp_path / "elsewhere"),
            "PATH": "/bin",
        }
    )
    assert settings == Settings(
        home=tmp_path,
        mongodb_uri="mongodb://db/?replicaSet=rs0",
        database="relief_2026",
        redis_url="redis://queue/0",
        secret="s" * 40,
        proxy_hops=2,
        insecure_cookies=True,
        county="某县",
        cache_gb=0.5,
        backup_key="age1abc",
        anchors=tmp_path / "elsewhere",
    )
    assert not settings.embedded
    assert settings.secret_key == "s" * 40


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RELIEF_MONGODB_URI", "postgres://user:hidden-password@db/relief"),
        ("RELIEF_MONGODB_URI", "mongodb://user:hidden-password@db/\x00"),
        ("RELIEF_DATABASE", "admin"),
        ("RELIEF_DATABASE", "a b"),
        ("RELIEF_DATABASE", "1st"),
        ("RELIEF_DATABASE", "x" * 64),
        ("RELIEF_REDIS_URL", "http://queue"),
        ("RELIEF_SECRET_KEY", "short"),
        ("RELIEF_PROXY_HOPS", "many"),
        ("RELIEF_PROXY_HOPS", "-1"),
        ("RELIEF_PROXY_HOPS", "１"),
        ("RELIEF_INSECURE_COOKIES", "perhaps"),
        ("RELIEF_CACHE_GB", "0"),
        ("RELIEF_CACHE_GB", "nan"),
        ("RELIEF_COUNTY", "凤凰\n县"),
    ],
)
def test_refuses_a_bad_value_naming_the_variable(name, value):
    with pytest.raises(SetupError) as caught:
        read_settings({name: value})
    assert name in str(caught.value)
    assert "hidden-password" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_names_the_nearest_variable_for_a_typo():
    with pytest.raises(SetupError, match="RELIEF_MONGODB_URI？"):
        read_settings({"RELIEF_MONGO_URI": "mongodb://db"})


def test_overrides_win_and_none_leaves_the_value(tmp_path):
    settings = read_settings({"RELIEF_DATABASE": "one"}, database="two", home=tmp_path, county=None)
    assert settings.database == "two"
    assert settings.home == tmp_path
    assert settings.county == "凤凰县"


def test_refuses_an_override_that_is_no_setting():
    with pytest.raises(TypeError, match="colour"):
        read_settings({}, colour="red")


def test_keeps_secrets_out_of_its_text(tmp_path):
    settings = read_settings({"RELIEF_MONGODB_URI": "mongodb://u:hunter22@db/", "RELIEF_SECRET_KEY": "k" * 40})
    assert "hunter22" not in repr(settings)
    assert "kkk" not in repr(settings)


def test_secret_key_is_made_once_for_the_owner_only(tmp_path):
    first = read_settings({}, home=tmp_path / "home").secret_key
    again = read_settings({}, home=tmp_path / "home").secret_key
    path = tmp_path / "home" / "keys" / "secret"
    assert first == again
    assert len(first) == 64
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [each.name for each in path.parent.iterdir()] == ["secret"]


def test_processes_that_start_together_share_one_key(tmp_path):
    keys, gate = [], threading.Barrier(16)

    def start():
        gate.wait()
        keys.append(read_key(tmp_path / "secret"))

    threads = [threading.Thread(target=start) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 16
    assert len(set(keys)) == 1


def test_refuses_a_key_others_can_read(tmp_path):
    path = tmp_path / "secret"
    read_key(path)
    path.chmod(0o644)
    with pytest.raises(SetupError, match="chmod 600"):
        read_key(path)


def test_refuses_a_damaged_key(tmp_path):
    path = tmp_path / "secret"
    path.touch(0o600)
    with pytest.raises(SetupError, match="不完整"):
        read_key(path)


def test_a_home_that_cannot_be_made_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SetupError, match="RELIEF_HOME"):
        _ = read_settings({}, home=tmp_path / "file" / "home").secret_key
