"""Month close (月结): when every list of a month is done, its figures are frozen; opening it again takes two persons and leaves a trace.

    points.points       what still stands in the way, each with where to see to it
    figures.measure     the figures of a month, from its lists; FIGURES adds those of other parts
    closing.take        close, propose to reopen, agree or decline: each one compare-and-set on the month
    closing.changed     where what is stored now differs from what was frozen

Collection `month_closes`: ``{_id: month, state, rev, closings: [{n, at, by, by_name, figures, digest}], asked, history}``. A closing is
never changed; a month that is closed again gets one more.
"""

from adminapp.months.figures import FIGURES

__all__ = ["FIGURES"]
