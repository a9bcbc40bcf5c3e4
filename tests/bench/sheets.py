"""XLSX and CSV of 50,000 rows x 15 columns, ours against tablib, which Flask-Admin's own export calls."""

import io
import time

import tablib

from exports import csvfile, xlsx
from exports.columns import Column

COLUMNS = [Column(f"c{index}", f"列{index}", "money" if index == 14 else "text") for index in range(15)]


def rows(count):
    for number in range(count):
        row = {f"c{index}": f"虚构{number:06d}" for index in range(14)}
        yield row | {"c1": f"43312319560307{number % 10000:04d}", "c14": number * 7}


def run(scale: float = 1):
    count = int(50_000 * scale)
    start = time.perf_counter()
    xlsx.write(io.BytesIO(), COLUMNS, rows(count), totals={"c14": None})
    ours = time.perf_counter() - start
    start = time.perf_counter()
    csvfile.write(io.BytesIO(), COLUMNS, rows(count))
    ours_csv = time.perf_counter() - start
    start = time.perf_counter()
    data = tablib.Dataset(headers=[column.title for column in COLUMNS])
    for row in rows(count):
        data.append([str(value) for value in row.values()])
    data.export("xlsx")
    stock = time.perf_counter() - start
    return [
        (f"XLSX, {count:,} rows x 15", ours, "s"),
        (f"CSV, {count:,} rows x 15", ours_csv, "s"),
        ("tablib XLSX, the same rows", stock, "s"),
        ("XLSX against tablib", ours / stock, "x", "budget 0.5"),
    ]
