"""Rows of a table without script.

The buttons of the form add a row or drop one, and the form comes back with all that was typed.
"""


def change_rows(form, posted) -> bool:
    """Add or drop the row a button asked for; return whether one did, so that nothing is saved."""
    added, dropped = posted.get("_add_row", ""), posted.get("_drop_row", "")
    if added in form and hasattr(form[added], "entries"):
        table = form[added]
        if not table.max_entries or len(table.entries) < table.max_entries:
            table.append_entry()
        return True
    name, _dash, _number = dropped.rpartition("-")
    if name in form and hasattr(form[name], "entries"):
        form[name].entries = [entry for entry in form[name].entries if entry.name != dropped]
        return True
    return False
