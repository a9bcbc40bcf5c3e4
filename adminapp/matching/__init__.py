"""Matches with lists of other offices (外部数据比对): who died, is in custody, moved away or found work, and still is on the roll.

A list comes in as a file and is compared by the key of the ID number with awards and open cases; each hit is one task: the
township looks into it, another person of the county decides. What a hit does to payments is said in schemas/matching.yaml.
"""

from adminapp.matching.holds import Holds
from adminapp.matching.lists import MatchList, match_lists

__all__ = ["Holds", "MatchList", "match_lists"]
