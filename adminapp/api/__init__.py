"""The interface for other systems (/api/v1): tokens, what they read, what they post, and its description as OpenAPI.

    tokens.py    who asks: a token with one role and its places, kept as a digest, counted by the minute
    reading.py   cases, awards, batches and lines as JSON, masked like on a screen
    bodies.py    what may stand in the JSON of a request
    posting.py   applications: the path of every other case, once for each key
    describing.py   the OpenAPI document, made from the declarations in force

The rows of the policy table, the scope of collections and the sentences are those of the screens.
"""


def register():
    """Load the modules that declare collections, so that the command builds their indexes. Safe to call again."""
    from adminapp.api import reading, tokens  # noqa: F401
