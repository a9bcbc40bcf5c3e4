"""A township's reserve (备用金): money the county advances, out of which small one-off relief is paid at once (民发〔2018〕23号 三(三)).

    book        the entries of a township: each one insert that names the one before it; the balance never falls below zero
    paying      pays an award out of the reserve, and takes back what was not collected; which types and how much is declared
    moves       money between county and township: proposed by one office, confirmed with its voucher by finance
    settling    a month of a book is settled by the township and checked by the county
    overview    how every book stands, for the county at a glance
    proof       holds books, payment lines and settlements against each other

A payment stands in the lines of payment too, so lists, ledger, month close and reports count it and no list pays it again.
"""
