"""Sealed numbers and their keyed index."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from adminapp import sealing
from adminapp.errors import SetupError

NUMBER, CONTEXT = "433123195603074216", "cases.x_id_number"


@pytest.fixture
def key_file(tmp_path):
    before = sealing._ring
    path = tmp_path / "keys" / "fields.json"
    sealing.use_keys(path)
    yield path
    sealing._ring = before


def test_a_sealed_number_opens_again_and_does_not_show(key_file):
    sealed = sealing.seal(NUMBER, CONTEXT)
    assert sealed.startswith("sm4:") and NUMBER not in sealed and sealing.is_sealed(sealed)
    assert sealing.unseal(sealed, CONTEXT) == NUMBER


@pytest.mark.parametrize("text", ["", "虚构𬬭", "1" * 10_000])
def test_any_text_can_be_sealed(key_file, text):
    assert sealing.unseal(sealing.seal(text, CONTEXT), CONTEXT) == text


def test_the_same_number_gives_the_same_text_only_in_the_same_context(key_file):
    assert sealing.seal(NUMBER, CONTEXT) == sealing.seal(NUMBER, CONTEXT)
    assert sealing.seal(NUMBER, CONTEXT) != sealing.seal(NUMBER, "awards.account")


def test_a_value_moved_to_another_field_does_not_open(key_file):
    with pytest.raises(sealing.BrokenSeal, match="不属于"):
        sealing.unseal(sealing.seal(NUMBER, CONTEXT), "awards.account")


def test_every_changed_character_is_noticed(key_file):
    for sealed in (sealing.seal(NUMBER[:length], CONTEXT) for length in range(15, 19)):
        for place in range(len(sealed)):
            for other in "AB":
                changed = sealed[:place] + other + sealed[place + 1 :]
                if changed != sealed:
                    with pytest.raises(sealing.BrokenSeal):
                        sealing.unseal(changed, CONTEXT)


@pytest.mark.parametrize("text", ["", NUMBER, "sm4:", "sm4:x:y", "sm4:a:b:c"])
def test_a_text_that_was_never_sealed_does_not_open(key_file, text):
    with pytest.raises(sealing.BrokenSeal):
        sealing.unseal(text, CONTEXT)


def test_a_short_body_does_not_open(key_file):
    kid = sealing.seal("", CONTEXT).split(":")[1]
    for body in ("", "AAAA", "A" * 36):
        with pytest.raises(sealing.BrokenSeal):
            sealing.unseal(f"sm4:{kid}:{body}", CONTEXT)


def test_the_index_is_the_same_for_every_way_of_typing_a_number(key_file):
    keys = {
        sealing.key_of(typed)
        for typed in (
            "11010519491231002X",
            "11010519491231002x",
            " 110105 19491231 002X",
            "１１０１０５１９４９１２３１００２Ｘ",
        )
    }
    assert len(keys) == 1 and len(keys.pop()) == 32
    assert sealing.key_of(NUMBER) != sealing.key_of("433123201501010017")


def test_the_index_needs_the_key(key_file, tmp_path):
    first = sealing.key_of(NUMBER)
    sealing.use_keys(tmp_path / "other.json")
    assert sealing.key_of(NUMBER) != first


def test_nothing_is_sealed_without_keys(key_file):
    sealing.forget_keys()
    for call in (lambda: sealing.seal("1", "c"), lambda: sealing.unseal("sm4:a:b", "c"), lambda: sealing.key_of("1")):
        with pytest.raises(SetupError, match="密钥"):
            call()


def test_old_values_open_after_a_new_key_and_the_index_stays(key_file):
    old, index = sealing.seal(NUMBER, CONTEXT), sealing.key_of(NUMBER)
    sealing.add_key(key_file)
    new = sealing.seal(NUMBER, CONTEXT)
    assert new != old and sealing.is_current(new) and not sealing.is_current(old)
    assert sealing.unseal(old, CONTEXT) == sealing.unseal(new, CONTEXT) == NUMBER
    assert sealing.key_of(NUMBER) == index
    assert key_file.stat().st_mode & 0o777 == 0o600


def test_a_value_of_a_lost_key_file_says_so(key_file, tmp_path):
    sealed = sealing.seal(NUMBER, CONTEXT)
    sealing.use_keys(tmp_path / "made_anew.json")
    with pytest.raises(sealing.BrokenSeal, match="密钥文件"):
        sealing.unseal(sealed, CONTEXT)


def test_the_key_file_is_private_and_survives_a_restart(key_file):
    sealed = sealing.seal(NUMBER, CONTEXT)
    assert key_file.stat().st_mode & 0o777 == 0o600
    sealing.use_keys(key_file)
    assert sealing.unseal(sealed, CONTEXT) == NUMBER


def test_a_key_file_others_can_read_is_refused(key_file):
    key_file.chmod(0o644)
    with pytest.raises(SetupError, match="chmod 600"):
        sealing.use_keys(key_file)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"current": "a", "keys": {}, "index": "AA=="}'])
def test_a_damaged_key_file_is_refused_and_not_replaced(key_file, content):
    key_file.write_text(content)
    with pytest.raises(SetupError, match="损坏"):
        sealing.use_keys(key_file)
    assert key_file.read_text() == content


def test_workers_that_start_together_agree_on_one_key_file(key_file, tmp_path):
    path = tmp_path / "together.json"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: sealing._create(path), range(8)))
    assert len(json.loads(path.read_text())["keys"]) == 1
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith(".tmp")] == []


def test_a_list_of_sealed_numbers_opens_fast_enough_to_scan(key_file):
    sealed = sealing.seal(NUMBER, CONTEXT)
    started = time.perf_counter()
    for _ in range(20_000):
        sealing.unseal(sealed, CONTEXT)
    # 50,000 a second is what an export needs; the bound is loose because test machines are shared.
    assert time.perf_counter() - started < 2
