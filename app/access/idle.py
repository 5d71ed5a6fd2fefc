"""A session ends after so many minutes without a request: its county's setting, taken over at login (等保)."""
from __future__ import annotations

import time

from flask.sessions import SecureCookieSessionInterface


def now() -> int:
    return int(time.time())


class OfficeSessions(SecureCookieSessionInterface):
    """Looks before anything else does: an ended session is an empty one, whoever asks about it."""

    def open_session(self, app, request):
        session = super().open_session(app, request)
        if session and "idle_minutes" in session and now() - session["seen"] > 60 * session["idle_minutes"]:
            return self.session_class()
        return session

    def save_session(self, app, session, response) -> None:
        if response.status_code == 401:
            return  # a script's late request must not replace the cookie that carries a message for the person
        if "idle_minutes" in session:
            session["seen"] = now()
        super().save_session(app, session, response)
