"""The drill of payments (演练): an invented county is paid month by month by the engine itself, and every fen is then accounted for.

    plan    what happens to each award, and what it is owed by that: worked out without spells, lists or ledger
    world   awards, cases and accounts as stored, and the entries of what happens
    walk    the steps of a month: build, lock, approve, ask for the money, send, take in the bank's answer, close
    proof   lists, decisions, closings and ledger against each other and against the plan
"""
