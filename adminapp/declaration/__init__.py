"""A relief type as data: read it, check it, write it back, compare two versions."""

from adminapp.declaration.model import ReliefType
from adminapp.declaration.problems import DeclarationError, Problem
from adminapp.declaration.reader import read_file, read_mapping, read_text
from adminapp.declaration.writer import to_text

__all__ = ["DeclarationError", "Problem", "ReliefType", "read_file", "read_mapping", "read_text", "to_text"]
