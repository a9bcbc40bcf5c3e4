"""How large a request may be."""

MEGABYTE = 1024 * 1024

LIMITS = {
    "MAX_CONTENT_LENGTH": 10 * MEGABYTE,
    "MAX_FORM_MEMORY_SIZE": 2 * MEGABYTE,
    # A household form has a field for each member's each column; a bulk action one for each picked row.
    "MAX_FORM_PARTS": 2000,
}
