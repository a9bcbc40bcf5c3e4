"""What the log says of an edit."""

from types import SimpleNamespace

import pytest

from adminapp.declaration.model import Field
from adminapp.editing import apply_values


@pytest.mark.parametrize(
    ("disclosure", "shown"), [("staff", ("旧", "新")), ("personal", ("***", "***")), ("secret", ("***", "***")), ("checker", ("***", "***"))]
)
def test_what_not_everybody_reads_is_logged_masked(disclosure, shown):
    case = SimpleNamespace(x_note="旧")
    relief_type = SimpleNamespace(fields={"note": Field(id="note", label="核对结果", kind="text", disclosure=disclosure)})
    [change] = apply_values(case, relief_type, {"note": "新"})
    assert (change["before"], change["after"]) == shown and case.x_note == "新"
