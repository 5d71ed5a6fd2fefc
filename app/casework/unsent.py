"""What a phone keeps of a form until it is sent (drafts.js): whose it is, and that nobody else sends it."""
from __future__ import annotations

from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf

from app.casework.errors import Stale


def whose(hat) -> str:
    """An account in one of its posts: what it typed is neither shown to nor sent by another."""
    return f"{hat.user_id}-{hat.post_id}"


def session_told(hat) -> dict:
    """Asked by the script before it sends: whose session this is, and a token for it."""
    return {"whose": whose(hat), "token": generate_csrf()}


def refuse_anothers(hat, drawn_for: str | None) -> None:
    """Whatever the phone believes. Raises Stale."""
    if drawn_for != whose(hat):
        raise Stale(_("This was typed in another account or post. Log in there to send it."))
