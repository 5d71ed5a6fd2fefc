"""A browser keeps what was typed in a form until it knows of an answer (app.js); here it is told of one.

The form says under which name it is kept. Whoever is led on has been answered; to the login nobody is led by an answer.
"""
from __future__ import annotations

from flask import Flask, Response, flash, g, request

LONGEST = 200


def confirm() -> None:
    """What this form sent is done with, though the answer leads nowhere else."""
    if kept_as := request.values.get("kept_as"):
        flash(kept_as[:LONGEST], "answered")


def _on_redirect(answer: Response) -> Response:
    is_in = g.get("hat") is not None and not g.get("must_change_password")
    if request.method == "POST" and answer.status_code in (302, 303) and is_in:
        confirm()
    return answer


def init_app(app: Flask) -> None:
    app.after_request(_on_redirect)
