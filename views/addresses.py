"""Addresses that a form brings along: followed only when they are ours."""


def own(url: str, otherwise: str) -> str:
    """Return an address of this site as it is, `otherwise` for one that leads elsewhere."""
    return url if url.startswith("/") and not url.startswith(("//", "/\\")) else otherwise
