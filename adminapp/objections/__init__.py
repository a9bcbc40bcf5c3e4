"""Objections to a posting (公示异议): anybody may object within the window; only that household is held, and it is answered
in writing (民发〔2021〕57号 第十九条)."""
