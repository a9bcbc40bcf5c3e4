"""Fund requests (资金申请): the county asks finance for the money of approved lists, finance approves, and the money arrives.

    table.rows          the table of the request: type × township, households, people, fen, what differs from last month and why
    asking.submit       stores a request for approved lists; a list stands in one open request at most
    steps.take          approve, send back, withdraw, note an arrival: each one compare-and-set on the request
    holding.settle      what follows on the lists: held while the request is open, funded when all the money is there

A request holds no person: finance works here and reaches no case (县方案 五(二)2).
"""
