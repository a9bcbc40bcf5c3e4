"""What the bytes of an upload are, whatever it is called."""

import io
import zipfile

import pytest

from adminapp import files
from adminapp.errors import Invalid


def workbook(**more):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {"[Content_Types].xml": "<x/>", "xl/workbook.xml": "<x/>", **more}.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "extension"),
    [
        (b"%PDF-1.4 x", "pdf"),
        (b"\xff\xd8\xff\xe0", "jpg"),
        (b"\x89PNG\r\n\x1a\n", "png"),
        (workbook(), "xlsx"),
        ("姓名,金额\r\n龙,1".encode(), "csv"),
        ("姓名,金额\r\n龙,1".encode("gb18030"), "csv"),
    ],
)
def test_allowed_kinds_are_told_by_their_bytes(data, extension):
    assert files.read_format(data).extension == extension


@pytest.mark.parametrize(
    "data",
    [
        b"GIF89a",
        b"just words",
        b"\x00\x01,\x02",
        b" <html>,",
        workbook(**{"xl/vbaProject.bin": "macro"}),
        workbook(**{"xl/big.xml": "0" * (files.LARGEST_WORKBOOK + 1)}),
    ],
    ids=["gif", "words", "binary", "html", "macro", "bomb"],
)
def test_everything_else_is_refused(data):
    with pytest.raises(Invalid):
        files.read_format(data)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("证明.exe", "证明.pdf"),
        ("C:\\a\\b.pdf", "b.pdf"),
        ("../..", "附件.pdf"),
        ("", "附件.pdf"),
        ("a\u202efdp.exe", "附件.pdf"),
    ],
)
def test_names_are_safe(given, kept):
    assert files.safe_name(given, files.PDF) == kept
