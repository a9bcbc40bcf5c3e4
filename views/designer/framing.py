"""Pages that the designer shows in a frame: our own pages may frame them, nobody else."""

from flask import make_response, render_template, request

from adminapp.security.headers import POLICY, nonce

FRAMED = POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'")


def framed(template: str, posts: str = "'none'", **values):
    """Return a page that our own pages may frame; `posts` is where its forms may go, as a policy says it."""
    response = make_response(render_template(template, **values))
    policy = FRAMED.replace("form-action 'self'", f"form-action {posts}")
    response.headers["Content-Security-Policy"] = policy.format(nonce=nonce(request.environ))
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response
