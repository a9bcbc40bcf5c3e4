"""Takes cases in from workbooks: template, upload, mapping of columns, trial, import, duplicates, undo.

    columns.py      what a column of a file may fill, made from the declaration
    guessing.py     which column of a file is which, by its headings and what the person chose before
    gathering.py    rows of sheets → households with values and faults, each fault at its cell
    composing.py    households → cases in memory, through the path of every other case
    duplicates.py   pairs that may be the same household, and what was judged of them
    batches.py      the batch (collection `imports`): its states and who may take which step
    checking.py applying.py undoing.py   the three jobs
"""
