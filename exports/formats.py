"""The spreadsheet formats a list can leave in. Each module has `write`, `MEDIA_TYPE` and `SUFFIX`."""

from types import ModuleType

from adminapp.errors import Invalid
from exports import csvfile, xlsx

FORMATS: dict[str, ModuleType] = {"xlsx": xlsx, "csv": csvfile}


def get_format(name: str) -> ModuleType:
    """Return the module of a format. Raise Invalid, saying which exist, for an unknown one."""
    try:
        return FORMATS[name]
    except KeyError as error:
        raise Invalid(f"没有“{name}”这种导出格式，可选：{'、'.join(FORMATS)}。") from error
