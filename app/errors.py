"""What a user reads when something does not work: what happened, who can help, what became of the typed text."""
from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from flask import Flask, current_app, flash, g, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from flask_login import AnonymousUserMixin, current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from app.casework.disk import is_full
from app.casework.errors import CaseworkError
from app.gate import keys, wants_json

LONGEST_ROWS = 1600  # characters; a server takes some 4,000 of an address, and the login's holds this one once more


def _request_megabytes() -> str:
    return str(current_app.config["MAX_CONTENT_LENGTH"] >> 20)


# status → (title, what happened, who can help)
PAGES = {
    400: (_l("This request could not be understood"),
          _l("Something in the address or in what was sent is not as expected. Nothing was changed."),
          _l("Go back and try again. If it happens again, tell your administrator which button you pressed.")),
    403: (_l("Your account may not open this"),
          _l("This page or this step belongs to another unit or another post."),
          _l("If your duties have changed, ask your unit's administrator or the county office to adjust your post.")),
    404: (_l("There is no such page"),
          _l("The address is wrong, or the record is not your unit's."),
          _l("Search the ledger by number or words. If the record should be your unit's, ask the county office.")),
    405: (_l("This address is not a page"),
          _l("It only takes what a form sends. Nothing was changed."),
          _l("Go back to the page before and press its button again.")),
    409: (_l("Somebody else has handled this in the meantime"),
          _l("Your step was not carried out, so that nothing is overwritten."),
          _l("Open the record again: it shows the newest state and what you may do now.")),
    413: (_l("The files are too large"),
          _l("One sending may hold %(megabytes)s MB. Nothing was saved.", megabytes=LazyString(_request_megabytes)),
          _l("Go back, choose fewer or smaller pictures and send again. Your text is still in the form.")),
    422: (_l("This step cannot be taken now"),
          _l("Nothing was changed."),
          _l("Go back, correct what is named above and try again.")),
    429: (_l("Too many tries"),
          _l("For safety this has been stopped for a while."),
          _l("Wait a few minutes and try again.")),
    500: (_l("Something went wrong on our side"),
          _l("The step was not carried out. What was saved before is safe."),
          _l("Try again in a moment. If it happens again, tell your administrator the time of this page.")),
    503: (_l("The system is busy"),
          _l("Too many people are writing at this moment. Nothing was changed."),
          _l("Go back and press the button again in a moment.")),
    507: (_l("The server's disk is full"),
          _l("Nothing was saved. What was saved before is safe."),
          _l("Tell the administrator: room has to be made on the server. Your text is still in the form; "
             "go back and send it again afterwards.")),
}


def page(status: int, said=None, back: str = "", head=None):
    """The error page. `said`: the reason in the words of the rule that stood in the way."""
    title, what, help_ = PAGES.get(status, PAGES[400 if status < 500 else 500])
    title, said = head or title, str(said or what)
    if wants_json():
        return jsonify(message=said), status
    # A 500 may come from the database: its page must not need it, not even to ask who it is for.
    template = "errors/plain.html" if status >= 500 else "errors/page.html"
    if status >= 500 and "_login_user" not in g:
        g._login_user = AnonymousUserMixin()
    elif status < 500 and "hat" not in g:  # refused before it was asked who it is: the menu stands around it, too
        current_app.appbuilder.sm.recognise()
    return render_template(template, status=status, title=title, said=said, help=help_, back=back), status


def own_path(url: str | None) -> str:
    """The path of an address on this host, else nothing: never send a user elsewhere."""
    try:
        parts = urlsplit(url or "")
    except ValueError:  # http://[
        return ""
    if parts.netloc not in ("", request.host) or parts.path[:1] != "/" or parts.path[1:2] in ("/", "\\"):
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _on_http(error: HTTPException):
    if error.code is not None and error.code < 400:
        return error  # redirects that are raised
    return page(error.code or 500, back=_sent_from())


def _sent_from() -> str:
    """The page of the form that was refused."""
    return own_path(request.referrer) if request.method == "POST" else ""


def _form_sent() -> str:
    """Where the form that was sent opens again: at its own address, one for many rows with these; else on its page."""
    page = _sent_from()
    if request.url_rule is None or "GET" not in request.url_rule.methods:
        return page
    rows = "-".join(map(str, keys(request.form.getlist("rowid"))))
    if not rows:
        return own_path(request.full_path.rstrip("?"))
    filters = request.form.get("list_query", page.partition("?")[2])
    return own_path(f"{request.path}?{urlencode({'rows': rows, 'list_query': filters})}" if len(rows) <= LONGEST_ROWS
                    else request.path)


def _on_csrf(error: CSRFError):
    """The session ended while the form was open: log in, then the same form; what the browser kept of it, the login
    page tells.
    """
    form = _form_sent()
    if not current_user.is_authenticated:
        flash(_("You were logged out. Log in again."), "warning")
        return redirect(url_for(current_app.appbuilder.sm.auth_view.endpoint + ".login", next=form or None))
    return page(400, _("Go back, your text is still in it, and send it again."), form, _("This form has expired"))


def _on_casework(error: CaseworkError):
    return page(error.status, error, _sent_from())


def _on_fault(error: Exception):
    original = getattr(error, "original_exception", None) or error
    current_app.logger.error("%s %s", request.method, request.path, exc_info=original)
    return page(507 if is_full(original) else 500)


def init_app(app: Flask) -> None:
    app.register_error_handler(HTTPException, _on_http)
    app.register_error_handler(CSRFError, _on_csrf)
    app.register_error_handler(CaseworkError, _on_casework)
    app.register_error_handler(500, _on_fault)
