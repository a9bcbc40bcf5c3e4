"""Payment lists (发放名册): one batch a month, frozen, checked, sealed, approved by another person, sent to the bank.

    opening.start_build(...)   a batch and the job that builds it
    build.run                  freezes the roster, writes the lines
    seal.run                   recomputes all from the database and locks with count, sum and digest
    acts.perform               every other step, one compare-and-set
    release.run                files for people and for the bank, always the same bytes
    verify.verify              says in sentences what was changed since

Every step may be killed and repeated by any number of runners: what is written has a natural key, and what depends on a
moment is written once and read back.
"""
