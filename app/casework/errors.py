"""What may stand in a verb's way. Each says to the user what happened and what to do."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l


class CaseworkError(Exception):
    """Base. `message` is a lazy string; `status` the HTTP status of its page."""

    status = 400
    message = _l("This cannot be done.")

    def __init__(self, message=None):
        super().__init__(message or self.message)
        if message is not None:
            self.message = message

    def __str__(self) -> str:
        return str(self.message)


class NotFound(CaseworkError):
    """No such case for this user: it does not exist or is another's."""

    status = 404
    message = _l("No such record, or it is not your unit's.")


class Stale(CaseworkError):
    """Somebody else was quicker."""

    status = 409
    message = _l("Somebody else has handled this in the meantime.")


class NotAllowed(CaseworkError):
    """The verb is not this user's in this state."""

    status = 403
    message = _l("This step is not yours to take now.")


class Obstacle(CaseworkError):
    """A rule does not hold; nothing was changed. `field` names the input at fault, if one is."""

    status = 422

    def __init__(self, message, field: str | None = None):
        super().__init__(message)
        self.field = field


def refuse_when(obstacle: tuple | None) -> None:
    """`obstacle`: (field, message) of a rule that does not hold."""
    if obstacle:
        raise Obstacle(obstacle[1], obstacle[0])
