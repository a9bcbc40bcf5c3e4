"""Reads the county's rules (schemas/*.yaml) into the dataclasses that describe them, naming all that is wrong at once.

Each problem has its path in the file, what was found, what is expected and the nearest known word, as in a declaration.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

from adminapp.declaration.problems import DeclarationError, Problem
from adminapp.declaration.reader import load_yaml, read_loosely
from adminapp.errors import SetupError


def read_rules(path: Path, name: str, cls: type, check: Callable[..., Iterable[Problem]]):
    """Return the `cls` that a file describes; people know the file by `name`. Raise SetupError with every problem.

    `check` yields what the shape cannot say; it is asked once the shape is right.
    """
    try:
        found, problems = read_loosely(load_yaml(Path(path).read_text("utf-8"), Path(path).name), cls)
    except (OSError, UnicodeDecodeError, DeclarationError) as error:
        raise SetupError(f"{name} {path} 不能读取：{error}") from error
    problems = problems or list(check(found))
    if problems:
        raise SetupError(f"{name} {path} 有误：\n" + "\n".join(map(str, problems)))
    return found


def twice(words: Iterable[str], path: str) -> Iterable[Problem]:
    """Yield a problem for each word that is written twice."""
    words = list(words)
    for word in dict.fromkeys(words):
        if words.count(word) > 1:
            yield Problem(path, f"“{word}”写了两次")
