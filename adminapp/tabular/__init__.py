"""Tables that come in as files: XLSX, XLS, CSV in UTF-8, GBK or GB18030, read by a declared layout, row by row.

    table = read_table(data)                       # rows of text, whatever the format
    layout = layouts()["verification_report"]      # schemas/layouts/*.yaml
    for row in layout.read(table): row.number, row.values, row.problems

A bad row never keeps a good one out; `exports/marked.py` gives the file back with what is wrong marked in its cells.
"""

from adminapp.tabular.layout import Layout, Row, layouts, plain_title, read_cell
from adminapp.tabular.reading import Table, read_sheets, read_table

__all__ = ["Layout", "Row", "Table", "layouts", "plain_title", "read_cell", "read_sheets", "read_table"]
