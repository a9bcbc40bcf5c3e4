"""All books at a glance: what each township has in hand, paid this month and left open. Six questions, however many townships."""

from dataclasses import dataclass

from adminapp import database
from adminapp.reserve import book, moves, settling

PAID = (book.PAYMENT, book.REFUND, book.VOID)


@dataclass(frozen=True)
class Standing:
    """How a book stands. Sums in fen; `balance` is None before the first entry; `settled` is the newest earlier month of the book."""

    balance: int | None = None
    paid: int = 0
    wants: int = 0
    waits: int = 0
    settled: dict | None = None


def standings(townships: list[str], month: str) -> dict[str, Standing]:
    """Return {township: standing} in a month. The townships are those that whoever asks may see."""
    entries, here = database.raw(book.COLLECTION), {"$in": townships}
    # In the order of the index, so that MongoDB jumps from book to book.
    newest = [{"$sort": {"township": 1, "n": -1}}, {"$group": {"_id": "$township", "found": {"$first": "$balance"}}}]
    balances = _by_township(entries, {"township": here}, newest)
    paid = _by_township(entries, {"month": month, "township": here, "kind": {"$in": PAID}}, _group({"$sum": "$amount"}))
    before = _by_township(entries, {"month": {"$lt": month}, "township": here}, _group({"$max": "$month"}))
    wants = _by_township(entries, {"wants": here}, _group({"$sum": 1}, "$wants"))
    waits = _by_township(database.raw(moves.COLLECTION), {"township": here, "state": moves.PROPOSED}, _group({"$sum": 1}))
    settled = settling.of_books(before)
    return {
        code: Standing(balances.get(code), -paid.get(code, 0), wants.get(code, 0), waits.get(code, 0), settled.get(code))
        for code in townships
    }


def _by_township(table, query, stages) -> dict:
    return {row["_id"]: row["found"] for row in table.aggregate([{"$match": query}, *stages])}


def _group(found, by="$township"):
    return [{"$group": {"_id": by, "found": found}}]
