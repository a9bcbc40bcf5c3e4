"""Writes a relief type as canonical YAML: byte-stable text for files, git and the database."""

from dataclasses import MISSING, is_dataclass
from datetime import date

from adminapp.declaration.reader import SHORTHAND, shape

WIDTH = 140
_PLAIN_BREAKERS = set(":#{}[],&*!|>'\"%@`\n")


def to_mapping(item) -> dict:
    """Return plain data of a model object in file order, defaults left out; `reader.read_mapping` gives it back."""
    result = {}
    for key, (declared, _) in shape(type(item)).items():
        value = getattr(item, declared.name)
        if value == _default(declared):
            continue
        result[key] = _plain(value)
    short = SHORTHAND.get(type(item))
    return result[short] if short and list(result) == [short] else result


def _default(declared):
    return declared.default_factory() if declared.default_factory is not MISSING else declared.default


def _plain(value):
    if is_dataclass(value):
        return to_mapping(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else value


def to_text(item) -> str:
    """Return the canonical file of a relief type, or of another object of such classes, ending in one newline."""
    return mapping_to_text(to_mapping(item))


def mapping_to_text(mapping: dict) -> str:
    """Return plain data as canonical YAML: keys in their order, texts quoted only where YAML would read something else."""
    return "".join(f"{line}\n" for line in _block(mapping, 0))


def _block(value, indent):
    pad = " " * indent
    for key, item in value.items():
        inline = _flow(item)
        if not isinstance(item, (dict, list)) or (isinstance(item, list) and not any(isinstance(x, (dict, list)) for x in item) and len(inline) <= WIDTH):
            yield f"{pad}{key}: {inline}"
        elif isinstance(item, dict):
            if len(pad) + len(key) + len(inline) + 2 <= WIDTH and not any(isinstance(x, list) for x in item.values()):
                yield f"{pad}{key}: {inline}"
            else:
                yield f"{pad}{key}:"
                yield from _block(item, indent + 2)
        else:
            yield f"{pad}{key}:"
            yield from _list(item, indent + 2)


def _list(items, indent):
    pad = " " * indent
    for item in items:
        inline = _flow(item)
        if not isinstance(item, dict) or len(pad) + len(inline) + 2 <= WIDTH:
            yield f"{pad}- {inline}"
        else:
            lines = list(_block(item, indent + 2))
            yield f"{pad}- {lines[0].lstrip()}"
            yield from lines[1:]


def _flow(value):
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    return value.isoformat() if isinstance(value, date) else _scalar(value)


def _scalar(text):
    if _is_plain(text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    escaped = "".join(one if one.isprintable() else f"\\U{ord(one):08x}" for one in escaped)
    if "'" not in text and "\n" not in text and "\t" not in text and text.isprintable() and text:
        return f"'{text}'"
    return f'"{escaped}"'


def _is_plain(text):
    """Return whether YAML reads the bare text back as this very text."""
    if not text or text.strip() != text or _PLAIN_BREAKERS & set(text) or text[0] in "-?=~<" or not text.isprintable():
        return False
    return not _looks_like_date(text) and text.lower() not in ("null", "~")


def _looks_like_date(text):
    return len(text) >= 8 and text[:4].isdigit() and text[4] == "-"
