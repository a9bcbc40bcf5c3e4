"""Running awards: the register of a month (享受名册), and the page of one award: who, how much and why in every month, and
what was paid for it.
"""

from views.awards import award, board, monthly  # noqa: F401 (their routes)


def register(app, admin):
    app.register_blueprint(board.blueprint)
