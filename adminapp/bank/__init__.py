"""Banks: how each wants its file and sends it back (profiles), and the accounts money goes to (register)."""
