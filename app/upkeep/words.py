"""Sizes and ages as people say them."""
from __future__ import annotations

from flask_babel import gettext as _

UNITS = ("B", "KB", "MB", "GB", "TB")


def size(number: float) -> str:
    """``35.2 MB``."""
    place = 0
    while number >= 1024 and place < len(UNITS) - 1:
        number, place = number / 1024, place + 1
    return f"{number:.0f} {UNITS[place]}" if place < 2 else f"{number:.1f} {UNITS[place]}"


def age(seconds: float) -> str:
    """How long ago, in the largest unit that fits."""
    if seconds < 60:
        return _("just now")
    if seconds < 3600:
        return _("%(number)s minutes ago", number=int(seconds // 60))
    if seconds < 172_800:
        return _("%(number)s hours ago", number=int(seconds // 3600))
    return _("%(number)s days ago", number=int(seconds // 86_400))
