"""Changes of a running award (动态管理): what was asked for, what it gives month by month, and how it is put on record.

    ops       operations on stored content, as a change keeps them until it is confirmed
    kinds     what each action of change asks for: operations, cause, place
    redecide  an award decided anew, piece by piece
    plans     request + new decisions of one change, judged before it is proposed and again before it is confirmed
    shown     a change in words, masked
"""
