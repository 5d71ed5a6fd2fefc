"""What every answer tells the browser: nothing from another host, nothing framed, nothing guessed, nothing kept."""
from __future__ import annotations

from flask import Flask, Response

POLICY = "; ".join((
    "default-src 'self'", "img-src 'self' data: blob:", "object-src 'none'", "base-uri 'self'", "form-action 'self'",
    "frame-ancestors 'none'",
))
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}


def put(answer: Response) -> Response:
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    if answer.mimetype == "text/html":
        answer.headers.setdefault("Cache-Control", "private, no-cache")  # offices share computers
    return answer


def init_app(app: Flask) -> None:
    app.after_request(put)
