"""Pages of what lies under a list, in the order of places: each begins after the last row of the one before."""


def beyond(batch_id: str, token: str, mark: str) -> dict:
    """Return the filter of what comes after a row; the token is township, village and number of that row, put together by the mark."""
    township, village, number = (token.split(mark) + ["", ""])[:3]
    return {
        "$or": [
            {"township": {"$gt": township}},
            {"township": township, "village": {"$gt": village}},
            {"township": township, "village": village, "_id": {"$gt": f"{batch_id}/{number}"}},
        ]
    }
