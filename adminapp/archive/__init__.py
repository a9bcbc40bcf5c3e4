"""The file of a case (一户一档): what lies in it in which order, as it stood on any day, and how long it is kept."""

from adminapp.archive.plan import Plan, plan
from adminapp.archive.standing import Standing, stood

__all__ = ["Plan", "Standing", "plan", "stood"]
