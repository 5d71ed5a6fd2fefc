"""Finding units by what somebody types: part of a name, a short or old name, a credit code."""
from __future__ import annotations

import re
import unicodedata

import sqlalchemy as sa

from app.organization.models import (
    GOVERNMENT_KINDS,
    DictionaryEntry,
    Enterprise,
    Organization,
    OrganizationName,
)

LIMIT = 20
_BREAKS = re.compile(r"\s*[\n\r\t\v\f]\s*")  # a name that a cell wraps is one name
KINDS = {
    "units": GOVERNMENT_KINDS, "enterprises": ("enterprise",), "all": (*GOVERNMENT_KINDS, "enterprise"),
    "recipients": ("township", "department", "enterprise"),  # 四（一）
}
_firms = Enterprise.__table__
_territories = Organization.__table__.alias("territory")
_industries = DictionaryEntry.__table__.alias("industry")


def normalized(words: str) -> str:
    """What was typed, half-width, in one line and without spaces at its ends; names are stored like that."""
    words = _BREAKS.sub("", unicodedata.normalize("NFKC", words or ""))
    return words.replace("(", "（").replace(")", "）").strip()


def like(words: str, before: str = "%", after: str = "%") -> str:
    """A LIKE pattern (escape: backslash) in which what was typed stands for itself."""
    return before + words.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_") + after


def _contains(column, words: str):
    return column.like(like(words), escape="\\")


def named(words: str):
    """SQL condition on `organizations`: name, short name or an alias contains the words."""
    aliases = sa.select(OrganizationName.__table__.c.organization_id).where(
        _contains(OrganizationName.__table__.c.name, words)
    )
    return sa.or_(
        _contains(Organization.name, words), _contains(Organization.short_name, words), Organization.id.in_(aliases)
    )


def _found(words: str, kinds: str):
    """Part of a name, short or old name; for enterprises the beginning of the credit code too."""
    if kinds == "units":
        return named(words)
    code = _firms.c.uscc.like(like(words.upper(), before=""), escape="\\")
    return sa.or_(named(words), code)


def _rank(words: str):
    """The very name first, then names that begin with the words."""
    begins = like(words, before="")
    return sa.case(
        (sa.or_(Organization.name == words, Organization.short_name == words), 0),
        (sa.or_(Organization.name.like(begins, escape="\\"), Organization.short_name.like(begins, escape="\\")), 1),
        else_=2,
    )


def find(session, words: str, kinds: str = "all", limit: int = LIMIT) -> list[dict]:
    """`[{"id", "text", "note"}]` of active units in the session's scope; one statement.

    The note tells namesakes apart: an enterprise's township and industry, a unit's full name.
    """
    words = normalized(words)
    statement = (
        sa.select(
            Organization.id, Organization.name, Organization.short_name, _territories.c.short_name.label("township"),
            _territories.c.name.label("township_name"), _industries.c.name.label("industry"),
        )
        .outerjoin(_firms, _firms.c.id == Organization.id)
        .outerjoin(_territories, _territories.c.id == _firms.c.territory_id)
        .outerjoin(_industries, _industries.c.id == _firms.c.industry_id)
        .where(Organization.active.is_(True), Organization.kind.in_(KINDS[kinds]))
        .limit(limit)
    )
    if words:
        statement = statement.where(_found(words, kinds)).order_by(_rank(words))
    rows = session.execute(statement.order_by(Organization.sort_order, Organization.id)).all()
    return [{"id": row.id, "text": row.short_name or row.name, "note": _note(row)} for row in rows]


def _note(row) -> str:
    full = row.name if row.short_name and row.short_name != row.name else None
    return " · ".join(filter(None, (full, row.township or row.township_name, row.industry)))
