"""Nearest known word, for errors that help an administrator who mistyped."""

from difflib import get_close_matches


def nearest(word: str, known) -> str:
    """Return ``",是否要写“x”？"`` for the best match among `known`, or the known words when few, or nothing."""
    known = [item for item in dict.fromkeys(known) if item]
    match = get_close_matches(str(word), known, n=1, cutoff=0.5)
    if match:
        return f"，是否要写“{match[0]}”？"
    return f"，可用：{'、'.join(known)}" if 0 < len(known) <= 24 else ""
