"""How large a request may be."""

from flask import abort, current_app, request

MEGABYTE = 1024 * 1024

LIMITS = {
    "MAX_CONTENT_LENGTH": 10 * MEGABYTE,
    "MAX_FORM_MEMORY_SIZE": 2 * MEGABYTE,
    # A household form has a field for each member's each column; a bulk action one for each picked row.
    "MAX_FORM_PARTS": 2000,
}


def init_app(app):
    app.config.update(LIMITS)
    app.before_request(check_plain_form)


def check_plain_form():
    """Refuse a large form without files: Werkzeug applies MAX_FORM_MEMORY_SIZE to forms with files only."""
    plain = request.mimetype == "application/x-www-form-urlencoded"
    if plain and (request.content_length or 0) > current_app.config["MAX_FORM_MEMORY_SIZE"]:
        abort(413)
