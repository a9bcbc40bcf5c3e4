"""Reads a declaration from text or mapping into the model, collecting every problem with its path.

The shape is taken from the dataclasses of `model`, so a key that is added there is read, written and refused by name
without another line.
"""

import types
import typing
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from functools import cache
from pathlib import Path

import yaml

from adminapp.declaration import model
from adminapp.declaration.problems import DeclarationError, Problem
from adminapp.words import nearest

MAX_SIZE = 400_000
MAX_DEPTH = 20
SHORTHAND = {model.Step: "step"}
"""Classes that may be written as one word: ``- accept`` means ``- {step: accept}``."""


class _Loader(yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader):
    """Refuses duplicate keys, which YAML would swallow."""

    def construct_mapping(self, node, deep=False):
        seen = set()
        for key_node, _ in node.value:
            if key_node.value in seen:
                raise yaml.MarkedYAMLError(problem=f"键“{key_node.value}”写了两次", problem_mark=key_node.start_mark)
            seen.add(key_node.value)
        return super().construct_mapping(node, deep)


# `on`, `yes`, `no` stay words and 010 stays text: a code is never turned into something else.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rules if tag.rpartition(":")[2] not in ("bool", "int", "float", "merge")]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _check_events(text):
    """Refuse aliases and deep nesting before anything is built: libyaml builds by recursion in C and would crash the process."""
    depth = 0
    for event in yaml.parse(text, _Loader):
        if isinstance(event, yaml.AliasEvent):
            raise yaml.MarkedYAMLError(problem="不支持 YAML 别名（*）", problem_mark=event.start_mark)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise yaml.MarkedYAMLError(problem="嵌套太深", problem_mark=event.start_mark)


def load_yaml(text: str, source: str):
    """Return the plain data of YAML text; raise DeclarationError naming line and column."""
    if len(text) > MAX_SIZE:
        raise DeclarationError([Problem("", f"文件有 {len(text)} 个字符，最多 {MAX_SIZE} 个")], source)
    try:
        _check_events(text)
        return yaml.load(text, _Loader)  # noqa: S506 - the loader derives from SafeLoader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"第 {mark.line + 1} 行第 {mark.column + 1} 列" if mark else ""
        raise DeclarationError([Problem(place, f"不是正确的 YAML:{getattr(error, 'problem', error)}")], source) from error
    except (RecursionError, ValueError, TypeError) as error:
        raise DeclarationError([Problem("", "YAML 嵌套太深或含有无法读取的值")], source) from error


def read_file(path: Path) -> model.ReliefType:
    """Return the relief type of a file; raise DeclarationError with all problems of shape."""
    return read_text(Path(path).read_text("utf-8"), str(path))


def read_text(text: str, source: str = "声明") -> model.ReliefType:
    return read_mapping(load_yaml(text, source), source)


def read_mapping(data, source: str = "声明") -> model.ReliefType:
    result, problems = read_loosely(data)
    if problems:
        raise DeclarationError(problems, source)
    return result


def read_loosely(data, cls=model.ReliefType):
    """Return (object, problems of shape): what is missing or cannot be read stands as blank, so that the rest can be checked."""
    problems: list[Problem] = []
    return _read(cls, data, "", problems), problems


@cache
def shape(cls) -> dict:
    """Return {key in the file: (dataclass field, type)} of a model class, in order."""
    hints = typing.get_type_hints(cls, vars(model))
    return {item.metadata.get("key", item.name): (item, hints[item.name]) for item in fields(cls)}


def _read(kind, value, path, problems):
    kind = bare(kind)
    if is_dataclass(kind):
        return _read_object(kind, value, path, problems)
    origin = typing.get_origin(kind)
    if origin is tuple:
        return _read_list(typing.get_args(kind)[0], value, path, problems)
    if origin is typing.Literal:
        return _read_word(typing.get_args(kind), value, path, problems)
    return _SCALARS[kind](value, path, problems)


def _read_object(cls, value, path, problems):
    if isinstance(value, str) and cls in SHORTHAND:
        value = {SHORTHAND[cls]: value}
    if not isinstance(value, dict):
        problems.append(Problem(path, f"这里要写若干“键: 值”，写的是{_found(value)}"))
        return blank(cls)
    known, arguments = shape(cls), {}
    for key in value:
        if key not in known:
            problems.append(Problem(_join(path, key), f"不认识的键“{key}”{nearest(key, known)}"))
    needed = _needed(cls)
    for key, (item, kind) in known.items():
        if (written := value.get(key)) is not None:
            arguments[item.name] = _read(kind, written, _join(path, key), problems)
        elif key in needed:
            problems.append(Problem(_join(path, key), "必须填写"))
            arguments[item.name] = blank(kind)
    return cls(**arguments)


@cache
def _needed(cls) -> frozenset[str]:
    return frozenset(key for key, (item, _kind) in shape(cls).items() if is_needed(item))


@cache
def bare(kind):
    """Return a type without its "or None"."""
    if typing.get_origin(kind) in (types.UnionType, typing.Union):
        return next(item for item in typing.get_args(kind) if item is not type(None))
    return kind


def is_needed(item) -> bool:
    """Tell whether a dataclass field has no default, so that it must be written."""
    return item.default is MISSING and item.default_factory is MISSING


def blank(kind):
    """Return what stands for a value that is missing or cannot be read: "", 0, no items, the first of the known words."""
    if is_dataclass(kind):
        return kind(**{item.name: blank(type_) for item, type_ in shape(kind).values() if is_needed(item)})
    if typing.get_origin(kind) is typing.Literal:
        return typing.get_args(kind)[0]
    return () if typing.get_origin(kind) is tuple else _BLANKS.get(kind)


def _read_list(kind, value, path, problems):
    if not isinstance(value, list):
        problems.append(Problem(path, f"这里要写列表(每项以“- ”开头),写的是{_found(value)}"))
        return ()
    return tuple(_read(kind, item, f"{path}[{index}]", problems) for index, item in enumerate(value))


def _read_word(words, value, path, problems):
    if value not in words:
        known = [word for word in words if word]
        problems.append(Problem(path, f"“{value}”不在可用值中{nearest(str(value), known)}"))
        return words[0]
    return value


def _read_text(value, path, problems):
    if not isinstance(value, str):
        problems.append(Problem(path, f"这里要写文字，写的是{_found(value)}"))
        return ""
    return value


def _read_integer(value, path, problems):
    if not (isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 8):
        problems.append(Problem(path, f"这里要写整数，写的是{_found(value)}"))
        return 0
    return int(value)


def _read_flag(value, path, problems):
    if value not in ("true", "false"):
        problems.append(Problem(path, f"这里要写 true 或 false,写的是{_found(value)}"))
    return value == "true"


def _read_date(value, path, problems):
    if type(value) is not date:  # a datetime is a date to isinstance, but cannot be compared with one
        problems.append(Problem(path, f"这里要写日期，如 2026-07-01，写的是{_found(value)}"))
        return None
    return value


def _read_pairs(value, path, problems):
    if not isinstance(value, dict):
        problems.append(Problem(path, f"这里要写若干“键: 值”，写的是{_found(value)}"))
        return {}
    return value


_SCALARS = {str: _read_text, int: _read_integer, bool: _read_flag, date: _read_date, dict: _read_pairs}
_BLANKS = {str: "", int: 0, bool: False, dict: {}}


def _join(path, key):
    return f"{path}.{key}" if path else str(key)


def _found(value):
    words = {dict: "键值", list: "列表", type(None): "空"}
    return words.get(type(value)) or f"“{str(value)[:40]}”"
