"""Backups: the whole county in one sealed file, which proves itself before anybody needs it.

`sealed.py` is the envelope (age, for a key whose secret half lies elsewhere), `writing.py` takes the database as it was at
one moment, `reading.py` goes through a file and checks it, `restoring.py` brings it into an empty database, `keys.py` saves
the program's own keys apart from the data: who finds a backup without them reads no ID and no account number.
"""

from adminapp import audit

KIND = "backup"
"""The entry of the log that every backup made and every one brought back leaves."""
audit.declare(KIND, "备份")
