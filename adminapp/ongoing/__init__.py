"""The plan of ongoing management (动态管理计划): what has to be looked at again while an award runs, worked out months ahead.

    tasks      what is planned and what became of it, one document a task under a natural key
    wishes     what one award asks for: its next review, proofs of life, birthdays at which something changes
    planning   the job that plans, hands this month's tasks to officers, and drops what is not needed any more
    course     what happens on a case closes its tasks
    work       the source of work, the warning and the sweeps
"""
