import subprocess

import pytest

from exports.notices.samples import sample_content
from tests.exports.notices import faces as ready


@pytest.fixture(scope="session")
def faces():
    return ready.faces()


@pytest.fixture(scope="session")
def home():
    ready.faces()
    return ready.HOME


@pytest.fixture
def text_of(tmp_path):
    """Return what a reader would copy out of a PDF."""

    def read(pdf: bytes, *options: str) -> str:
        path = tmp_path / "read.pdf"
        path.write_bytes(pdf)
        command = ["pdftotext", "-layout", *options, str(path), "-"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    return read


@pytest.fixture
def confirmation():
    return sample_content("confirmation")
