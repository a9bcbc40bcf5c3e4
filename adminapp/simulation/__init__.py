"""试算: runs drafts over real cases before anything is published, and writes nothing to a case.

Each case is decided twice on the same day, from the same stored values: under what is in force for it (its own version, the
standards the draft was made from) and under the drafts. What differs is the drafts' doing, to the fen.
"""
