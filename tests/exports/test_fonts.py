import shutil
import subprocess
import sys
import time

import pytest

from exports import fonts
from tests.exports.notices.faces import HOME, faces


def test_characters_of_names_are_covered():
    assert faces().missing("䶮㛃𬬭·𫖯〔2026〕，。、“”—…￥×％") == set()


def test_characters_without_glyph_are_named():
    assert faces().missing("王😀𠮷") == {"😀", "𠮷"}


def test_all_standard_characters_are_in_the_everyday_face():
    assert fonts._common_codes() >= {
        ord(character) for character in fonts.COMMON_CHARACTERS.read_text() if character != "\n"
    }
    assert len(faces().coverage["song"]) > 9000


def test_text_is_cut_where_the_face_changes():
    ready = faces()
    runs = ready.runs("丂王一", "song")
    assert runs == [("丂", "song-rare"), ("王一", "song")]


def test_a_slot_without_file_falls_back_to_song(tmp_path):
    shutil.copytree(HOME / "fonts", tmp_path / "fonts", ignore=shutil.ignore_patterns("slots"))
    assert fonts.prepare(tmp_path).chain("fangsong")[0] == "song"


def test_a_face_in_a_slot_comes_first(tmp_path):
    shutil.copytree(HOME / "fonts", tmp_path / "fonts", ignore=shutil.ignore_patterns("slots"))
    (tmp_path / "fonts" / "slots").mkdir()
    shutil.copy(next((HOME / "fonts").glob("hei-*.ttf")), tmp_path / "fonts" / "slots" / "fangsong.ttf")
    assert fonts.prepare(tmp_path).chain("fangsong")[:2] == ("fangsong", "song")


def test_preparing_again_converts_nothing():
    before = {path: path.stat().st_mtime_ns for path in (HOME / "fonts").glob("*.ttf")}
    start = time.monotonic()
    fonts.prepare(HOME)
    assert time.monotonic() - start < 2
    assert before == {path: path.stat().st_mtime_ns for path in before}


@pytest.mark.slow
def test_two_processes_may_prepare_at_once_and_give_the_same_bytes(tmp_path):
    code = "import sys; from pathlib import Path; from exports import fonts; fonts.prepare(Path(sys.argv[1]))"
    running = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path)]) for _ in range(2)]
    assert [process.wait(120) for process in running] == [0, 0]
    for path in (tmp_path / "fonts").glob("*.ttf"):
        assert path.read_bytes() == (HOME / "fonts" / path.name).read_bytes()
    assert not list((tmp_path / "fonts").glob("*.part"))
