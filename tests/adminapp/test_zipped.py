"""Uploaded zip files with any byte wrong are read or refused in words, at every door they come in by."""

import io
import zipfile

import pytest
from openpyxl import Workbook

from adminapp.errors import Invalid
from adminapp.files import read_format
from adminapp.packages.files import read_archive
from adminapp.tabular import Table, read_table
from exports import marked

ROWS = [["姓名", "金额"], ["吴虚构", "1"]]


def package(method):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as made:
        made.writestr("package.yaml", "name: 省包（虚构）\n" * 9)
        made.writestr("types/a.yaml", "key: a\nname: 甲\n" * 9)
    return stream.getvalue()


def workbook():
    book, stream = Workbook(), io.BytesIO()
    for row in ROWS:
        book.active.append(row)
    book.save(stream)
    return stream.getvalue()


def mark(data):
    marked.write(io.BytesIO(), data, Table(ROWS, "xlsx"), [], 0)


@pytest.mark.parametrize(
    ("read", "data", "step"),
    [
        (read_archive, package(zipfile.ZIP_DEFLATED), 1),
        (read_archive, package(zipfile.ZIP_LZMA), 1),
        (read_archive, package(zipfile.ZIP_BZIP2), 1),
        (read_table, workbook(), 1),
        (read_format, workbook(), 1),
        (mark, workbook(), 17),
    ],
    ids=["package", "package-lzma", "package-bzip2", "table", "attachment", "marked"],
)
def test_a_file_with_a_wrong_byte_is_read_or_refused_in_words(read, data, step):
    read(data)
    refused = 0
    for place in range(4, len(data), step):
        for wrong in (0, data[place] ^ 0xFF):
            try:
                read(data[:place] + bytes([wrong]) + data[place + 1 :])
            except Invalid:
                refused += 1
    assert refused
