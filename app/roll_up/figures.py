"""What a roll-up counts, in the order of the form: declared once for screen, list, paper and Excel. No database."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from app.casework.titles import TitledEnum
from app.hazards.states import Level

CLOSED, GONE, OPEN = "closed", "gone", "open"  # how a hazard stood at the end of the month
DASH = "—"


class By(TitledEnum):
    """What a line of the roll-up is."""

    INDUSTRY = "industry", _l("By industry")
    TOWNSHIP = "township", _l("By township")
    DEPARTMENT = "department", _l("By inspecting unit")


class Span(TitledEnum):
    MONTH = "month", _l("The month")
    YEAR = "year", _l("From January on")


@dataclass(frozen=True)
class Figure:
    """A column that counts: hazards of a level, or that stood so; None: whichever. `to_close`: that could be closed
    out, `funded`: that cost something.
    """

    name: str
    head: object
    level: str | None = None
    outcome: str | None = None
    listed: bool = False
    to_close: bool = False
    funded: bool = False

    def counts(self, level: str, outcome: str, listed: bool) -> bool:
        """Whether a hazard is among those counted."""
        return self.level in (None, level) and self.outcome in (None, outcome) and (listed or not self.listed)


FIGURES = {
    one.name: one
    for one in (
        Figure("general_found", _l("General, found"), Level.GENERAL.value),
        Figure("general_closed", _l("General, closed out"), Level.GENERAL.value, CLOSED),
        Figure("major_found", _l("Major, found"), Level.MAJOR.value),
        Figure("major_closed", _l("Major, closed out"), Level.MAJOR.value, CLOSED),
        Figure("listed", _lp("figure", "Listed"), listed=True),
        Figure("open", _l("Not closed out"), outcome=OPEN),
        Figure("gone", _l("Subject gone"), outcome=GONE),
    )
}
# The columns as they stand side by side: figures, rates `(closed, found, level)`, funds.
RATES = {"general_rate": ("general_closed", "general_found", "general_gone"),
         "major_rate": ("major_closed", "major_found", "major_gone")}
COLUMNS = ("general_found", "general_closed", "general_rate", "major_found", "major_closed", "major_rate", "listed",
           "open", "gone", "funds")
HEADS = {**{name: one.head for name, one in FIGURES.items()}, "general_rate": _l("Rate, general"),
         "major_rate": _l("Rate, major"), "funds": _l("Funds (10,000 yuan)")}
# Which hazards a column is worked out from: those it counts, those a rate divides by, those that cost something.
BEHIND = {
    **FIGURES, "general_rate": Figure("general_rate", HEADS["general_rate"], Level.GENERAL.value, to_close=True),
    "major_rate": Figure("major_rate", HEADS["major_rate"], Level.MAJOR.value, to_close=True),
    "funds": Figure("funds", HEADS["funds"], funded=True),
}
# On the screen the level stands once, above its columns: `(head, columns with their short heads)`.
_SHORT = (_lp("figure", "found"), _lp("figure", "closed out"), _lp("figure", "rate"))
HEAD_GROUPS = (
    (_l("General hazards"), tuple(zip(COLUMNS[:3], _SHORT, strict=True))),
    (_l("Major hazards"), tuple(zip(COLUMNS[3:6], _SHORT, strict=True))),
    ("", tuple((name, HEADS[name]) for name in COLUMNS[6:])),
)


@dataclass
class Counted:
    """The counts of a line in one span."""

    of: dict[str, int] = field(default_factory=lambda: dict.fromkeys((*FIGURES, "general_gone", "major_gone"), 0))
    funds: Decimal = Decimal(0)

    def add(self, level: str, outcome: str, listed: bool, count: int, funds) -> None:
        for name, figure in FIGURES.items():
            if figure.counts(level, outcome, listed):
                self.of[name] += count
        if outcome == GONE:
            self.of[f"{level}_gone"] += count
        self.funds += Decimal(str(funds or 0))

    def rate(self, name: str) -> str:
        """Of those that can be closed out, how many are: one decimal. Without any it is undefined: —."""
        closed, found, gone = (self.of[one] for one in RATES[name])
        return f"{rounded(100 * closed, found - gone)}%" if found > gone else DASH

    def cell(self, name: str):
        """A column as it is printed: zero is left blank."""
        if name in RATES:
            return self.rate(name)
        return (self.funds if name == "funds" else self.of[name]) or ""


def rounded(above: int, below: int) -> Decimal:
    """A quotient with one decimal, halves up as one rounds on paper."""
    return (Decimal(above) / below).quantize(Decimal("0.1"), "ROUND_HALF_UP")


@dataclass
class Line:
    """One line of the roll-up: what it is (`key` in the address, None: not said), and its counts by span."""

    key: int | None
    name: str
    spans: Mapping[str, Counted] = field(default_factory=lambda: {span.value: Counted() for span in Span})
