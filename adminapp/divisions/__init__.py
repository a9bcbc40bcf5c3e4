"""Divisions (区划): the county's townships and villages by code.

They come with the program (schemas/divisions.yaml) until the county stores a table of its own (`tables`), which every
process then uses from its next request on.
"""

from collections.abc import Iterable
from datetime import date
from functools import cache

from adminapp.divisions.model import COUNTY, TOWNSHIP, VILLAGE, Division, Divisions
from adminapp.divisions.reading import FILE, read_file

__all__ = ["COUNTY", "FILE", "TOWNSHIP", "VILLAGE", "Division", "Divisions", "read_file"]
_own: Divisions | None = None


@cache
def shipped() -> Divisions:
    """Return the divisions that come with the program, read at first use."""
    return read_file(FILE)


def use(table: Divisions | None):
    """Take the county's own table for this process from now on; None is the one that comes with the program."""
    global _own
    _own = table


def county() -> Divisions:
    """Return the county's divisions as of the last refresh."""
    return _own if _own is not None else shipped()


def townships(on: date | None = None) -> list[Division]:
    """See Divisions.townships; the functions below ask the county in the same way."""
    return county().townships(on)


def villages(township: str, on: date | None = None) -> list[Division]:
    return county().villages(township, on)


def get(code: str) -> Division:
    return county().get(code)


def name_of(code: str) -> str:
    return county().name_of(code)


def full_name(code: str) -> str:
    return county().full_name(code)


def township_of(village: str) -> str:
    return county().township_of(village)


def is_community(code: str) -> bool:
    return county().is_community(code)


def exists(code: str, on: date | None = None) -> bool:
    return county().exists(code, on)


def find(name: str, township: str | None = None) -> list[Division]:
    return county().find(name, township)


def township_choices(on: date | None = None) -> list[tuple[str, str]]:
    return county().township_choices(on)


def village_choices(township: str, on: date | None = None) -> list[tuple[str, str]]:
    return county().village_choices(township, on)


def grouped_choices(on: date | None = None, only: Iterable[str] | None = None) -> dict:
    return county().grouped_choices(on, only)
