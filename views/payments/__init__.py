"""Payment lists: batches by month, one batch with its steps, totals, held lines and lines, files for the bank, its answer.

The county sees all, a township the lines of its own people and no sums of others. Nobody sees a whole account here:
full numbers leave only in files, which are logged.
"""

from views.payments import batches, board, corrections, lines, returned, variances  # noqa: F401 (their routes)


def register(app, admin):
    app.register_blueprint(board.blueprint)
    app.register_blueprint(corrections.blueprint)
