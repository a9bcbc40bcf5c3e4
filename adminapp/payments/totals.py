"""Control totals of a batch, recomputed from its lines in the database: count, sum, digest, per type and place."""

import hashlib

from adminapp.payments import lines


def measure(batch_id: str, on_line=lambda line: None) -> dict:
    """Return ``{count, people, amount, held, digest, types, townships, villages}``; fen, one pass, flat memory.

    `count`, `people` and `amount` are of the lines to be paid; the digest (SM3) is over all lines in their order, held
    ones too. `types`, `townships` and `villages` are lists of ``{key, count, people, amount}`` in order of key.
    """
    digest = hashlib.new("sm3")
    total, held, by = _zero(), _zero(), {"type": {}, "township": {}, "village": {}}
    for line in lines.of_batch(batch_id):
        on_line(line)
        digest.update(lines.canonical(line))
        if line["state"] == lines.HELD:
            _add(held, line)
        elif line["state"] != lines.CANCELLED:
            _add(total, line)
            for field, sums in by.items():
                _add(sums.setdefault(line[field], _zero()), line)
    return total | {
        "held": held, "digest": digest.hexdigest(),
        "types": _listed(by["type"]), "townships": _listed(by["township"]), "villages": _listed(by["village"]),
    }  # fmt: skip


def _zero():
    return {"count": 0, "people": 0, "amount": 0}


def _add(sums, line):
    sums["amount"] += line["amount"]
    if line["kind"] in lines.BESIDE:
        return  # a correction of a line that is counted, not another payee
    sums["count"] += 1
    if line["kind"] == lines.REGULAR:
        sums["people"] += line["people"]


def _listed(sums):
    return [{"key": key, **sums[key]} for key in sorted(sums)]
