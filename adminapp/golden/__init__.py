"""Golden cases (样例): named examples of a type with the outcome they must have, run before every publication.

They lie beside the declaration (schemas/golden/<key>.yaml), travel with it, and are edited in the designer. Their people
are invented: an ID number is written as a birth date.
"""

from adminapp.golden.model import Example, Expected, GoldenFile
from adminapp.golden.reader import read_file, read_text
from adminapp.golden.runner import Outcome, run, run_all

__all__ = ["Example", "Expected", "GoldenFile", "Outcome", "read_file", "read_text", "run", "run_all"]
