"""Numbers and words that the governing text does not fix: editable, each with its source (附录B).

A value holds from a day on; earlier values stay. The newest that holds today is `setting(key)`.
"""
from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from flask import g, has_app_context
from flask_appbuilder import Model
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp
from flask_babel.speaklater import LazyString
from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.access.scope import planned_once, scoped, within_county
from app.extensions import db
from app.organization.models import CountyOwned


@dataclass(frozen=True)
class Definition:
    """A number, a word, yes or no, or one of `choices`; of which type is told by the default.

    `group` is a key of GROUPS. `unit` stands behind the value on the screen, `help` says what it does.
    """

    key: str
    title: object
    default: object
    source: object
    most: int = 3650  # of a number
    least: int = 1
    group: str = "other"
    unit: object = ""
    help: object = ""
    choices: tuple[tuple[str, object], ...] = ()

    def worded(self, value) -> str:
        """A value as the screen says it: 3天, 是, the title of a choice."""
        if isinstance(self.default, bool):
            return str(YES if value else NO)
        if self.choices:
            return str(dict(self.choices).get(value, value))
        return f"{value}{' ' if self.unit == 'MB' else ''}{self.unit}"


@dataclass(frozen=True)
class Fixed:
    """What the governing text (`clause`) or a law (`source`) fixes: shown beside the settings, nobody's to change."""

    title: object
    value: object
    clause: str = ""
    source: object = ""


YES, NO = _l("Yes"), _l("No")
SIX_MONTHS = _l("Cybersecurity Law, article 21: six months")
FIXED = (
    Fixed(_l("The county office's regular meeting"), _l("every month"), "二（一）"),
    Fixed(_l("Report on rectification after a yellow or red card"), _l("within 30 days of receiving the warning"),
          "十二（三）"),
    Fixed(_l("The mechanism is in force"), _l("for two years, until 2 December 2027"), "十二（三）"),
    Fixed(_l("The history of acts"), _l("only added to, kept for ever"), source=SIX_MONTHS),
)

# By the document's chapters, then what serves all of them; the order of the screen.
GROUPS = {
    "ledgers": _l("I. Ledgers"), "letters": _l("IV. Letters"), "escalation": _l("Escalation proposals"),
    "files": _l("Files"), "sheets": _l("Import and export"), "reminders": _l("Reminders"),
    "accounts": _l("Accounts and logging in"), "upkeep": _l("Background work and backup"), "other": _l("Others"),
}
DAYS = _lp("count", "days")  # 天, not the 日 of a date
OURS = _l("None: the office's own")
NO_ANSWER = _l("Counted from the day the recipient signs for it. 0: no answer is asked for.")
NO_PLAN = _l("Counted from the day the recipient signs for it. 0: no plan is asked for.")
PRACTICE = _l("Practice: ten days before, three days before, on the day, then every three working days")
BASELINE = "GB/T 22239-2019"
TIMES = _l("times")


def _rung(key: str, title, default: int, unit=DAYS, most: int = 365, source=OURS, help="") -> Definition:
    """From when on a measure is proposed (app/escalation)."""
    return Definition(key, title, default, source, group="escalation", unit=unit, most=most, help=help)


def _widens(key: str, title, help) -> Definition:
    """Whether the office asks more than the text: such a letter cites no clause."""
    return Definition(key, title, False, OURS, group="escalation", help=help)


WIDENED = _l("Such a letter names the office's own requirement and cites no clause.")
ESCALATION = (
    Definition("escalation_hour", _l("Hour of the daily look for what should be escalated"), 6, OURS,
               group="escalation", unit=_l("o'clock"), least=0, most=23,
               help=_l("A machine that was off then makes up for it once it is on.")),
    _rung("task_chase_days", _l("Task overdue: days until chasing is proposed"), 1),
    _rung("task_reminder_days", _l("Task overdue: days until a reminder letter is proposed"), 10),
    _rung("task_supervisory_days", _l("Task overdue: days until a supervisory letter is proposed"), 20,
          help=_l("From the supervisory letter on the county office proposes.")),
    _rung("silent_chase_days", _l("Progress not reported: days until chasing is proposed"), 30,
          help=_l("Of a standing task so many days into each quarter.")),
    _rung("silent_reminder_days", _l("Progress not reported: days until a reminder letter is proposed"), 90),
    _rung("sent_back_reminder_times", _l("Task sent back: times until a reminder letter is proposed"), 1, TIMES, 20),
    _rung("sent_back_supervisory_times", _l("Task sent back: times until a supervisory letter is proposed"), 2, TIMES,
          20),
    _rung("hazard_chase_days", _l("Hazard overdue: days until chasing is proposed"), 1),
    _rung("hazard_reminder_days", _l("Hazard overdue: days until a reminder letter is proposed"), 10),
    _rung("hazard_supervisory_days", _l("Hazard overdue: days until a supervisory letter is proposed"), 20,
          help=_l("From the supervisory letter on the county office proposes.")),
    _rung("failed_recheck_times", _l("Failed rechecks until a supervisory letter is proposed"), 2, TIMES, 20),
    _rung("other_chase_again_days", _l("Hazard of another source overdue: days until it is chased again"), 10),
    _rung("other_chase_last_days", _l("Hazard of another source overdue: days until it is chased for the last time"),
          20),
    _widens("letters_on_other_hazards", _l("Propose letters on overdue hazards of other sources, too"), WIDENED),
    _rung("major_interview_days", _l("Major hazard overdue: days until an interview is proposed"), 15),
    _rung("hazard_interview_days", _l("Hazard of another source overdue: days until an interview is proposed"), 60),
    _rung("ledger_chase_days", _l("Ledger overdue: days until chasing is proposed"), 1),
    _rung("ledger_chase_again_days", _l("Ledger overdue: days until it is chased again"), 5),
    _rung("ledger_chase_last_days", _l("Ledger overdue: days until it is chased for the last time"), 15),
    _widens("letters_on_ledgers", _l("Propose letters on overdue ledgers, too"), WIDENED),
    _rung("ledger_letter_days", _l("Ledger overdue: days until such a letter is proposed"), 20),
    _rung("instruction_letter_days", _l("Instruction without a letter: days until one is proposed"), 1),
    _rung("instruction_overdue_days", _l("Instruction not answered: days until a letter is proposed"), 1),
    _rung("elsewhere_days", _l("Accident elsewhere: days within which a letter is proposed"), 30),
    _rung("weather_days", _l("Weather warning: days within which a letter is proposed"), 3),
    _rung("letter_deemed_days", _l("Letter not signed for: days until it may be deemed served"), 10),
    _rung("letter_chase_days", _l("Plan or answer overdue: days until chasing is proposed"), 1),
    _rung("letter_next_rung_days", _l("Answer overdue: days until the next rung is proposed"), 5),
    _rung("letter_returned_times", _l("Answers sent back until the next rung is proposed"), 1, TIMES, 20),
    _rung("repeated_letters_times", _l("Letters to one unit until an interview is proposed"), 3, TIMES, 20),
    _rung("repeated_letters_days", _l("Days within which they count"), 60),
    _rung("mechanism_warn_days", _l("Days before the mechanism runs out until that is told"), 90),
)

DEFINITIONS = {
    d.key: d
    for d in (
        Definition("warning_days", _l("Days before a deadline that count as due soon"), 3,
                   _l("Practice: yellow light at 3 days"), group="ledgers", unit=DAYS, most=60,
                   help=_l("Such deadlines are yellow in lists and counted on the workbench.")),
        Definition("repeat_window_months", _l("Months within which a like hazard is a repeat"), 12, OURS,
                   group="ledgers", unit=_l("months"), most=120,
                   help=_l("Same enterprise and same category: marked as a repeat violation.")),
        Definition("submission_cut_off_day", _l("Day of the month at which the month of the ledgers ends"), 31,
                   _l("None: the office's own, the calendar month"), group="ledgers", unit=_lp("of a month", "day"),
                   most=31, help=_l("31 is the last day of any month. A change holds from the next month on.")),
        Definition("submission_due_days", _l("Days after that until the month's ledgers are due"), 5, OURS,
                   group="ledgers", unit=DAYS, most=31,
                   help=_l("A last day on a holiday moves to the next working day.")),
        Definition("unsigned_days", _l("Days a unit has to sign for a task"), 3, OURS, group="ledgers",
                   unit=DAYS, most=60, help=_l("Later it shows red, and can be chased.")),
        Definition("letter_unsigned_days", _l("Days a recipient has to sign for a letter"), 3, OURS, group="letters",
                   unit=DAYS, most=60,
                   help=_l("A last day on a holiday moves. Later it shows red, can be chased, and can be deemed served "
                           "on evidence. Holds for letters sent from then on.")),
        Definition("bulk_rows", _l("Most records handled in one go"), 200, OURS, group="ledgers", unit=_l("records"),
                   most=1000),
        Definition("saved_filters", _l("Most saved filters of a person and a list"), 20, OURS, group="ledgers",
                   unit=_l("filters"), most=100),
        Definition("papers_at_once", _l("Most papers printed in one go"), 50, OURS, group="ledgers",
                   unit=_l("papers"), most=50),
        *ESCALATION,
        Definition("advisory_reply_days", _l("Days until the answer to an advisory letter"), 0, OURS, least=0,
                   group="letters", unit=DAYS, most=180, help=NO_ANSWER),
        Definition("reminder_reply_days", _l("Days until the answer to a reminder letter"), 10, OURS, least=0,
                   group="letters", unit=DAYS, most=180, help=NO_ANSWER),
        Definition("supervisory_reply_days", _l("Days until the answer to a supervisory letter"), 7, OURS, least=0,
                   group="letters", unit=DAYS, most=180, help=NO_ANSWER),
        Definition("advisory_plan_days", _l("Days until the plan that an advisory letter asks for"), 0, OURS, least=0,
                   group="letters", unit=DAYS, most=180, help=NO_PLAN),
        Definition("reminder_plan_days", _l("Days until the plan that a reminder letter asks for"), 5, OURS, least=0,
                   group="letters", unit=DAYS, most=180, help=NO_PLAN),
        Definition("supervisory_plan_days", _l("Days until the plan that a supervisory letter asks for"), 3, OURS,
                   least=0, group="letters", unit=DAYS, most=180, help=NO_PLAN),
        Definition("letter_day_unit", _l("In which days a letter counts"), "working", OURS, group="letters",
                   choices=(("working", _lp("unit", "working days")), ("natural", _lp("unit", "days"))),
                   help=_l("Prefilled in the draft, like the days above; each letter may say otherwise.")),
        Definition("upload_megabytes", _l("Largest picture, MB"), 20, OURS, group="files", unit="MB", most=60),
        Definition("document_megabytes", _l("Largest pdf or office file, MB"), 30, OURS, group="files", unit="MB",
                   most=60),
        Definition("files_per_case", _l("Most files of one record"), 200, OURS, group="files", unit=_l("files"),
                   most=2000),
        Definition("title_font", _l("Font of the form's title"), "方正小标宋简体", "GB/T 9704-2012", group="sheets"),
        Definition("body_font", _l("Font of the form's body"), "仿宋_GB2312", "GB/T 9704-2012", group="sheets"),
        Definition("import_draft_days", _l("Days an import may wait to be confirmed"), 30, OURS, group="sheets",
                   unit=DAYS),
        Definition("import_rows", _l("Most rows of an imported file"), 50_000, OURS, group="sheets", unit=_l("rows"),
                   most=200_000),
        Definition("import_megabytes", _l("Largest imported file, MB"), 20, OURS, group="sheets", unit="MB", most=60),
        Definition("import_job_rows", _l("Rows from which an import runs in the background"), 500, OURS,
                   group="sheets", unit=_l("rows"), most=50_000),
        Definition("export_job_rows", _l("Rows from which an export runs in the background"), 2000, OURS,
                   group="sheets", unit=_l("rows"), most=50_000),
        Definition("match_similar", _l("Likeness of 100 from which an imported row is asked about"), 85, OURS,
                   group="sheets", most=100),
        Definition("match_same", _l("Likeness of 100 from which a numbered row is its record"), 75, OURS,
                   group="sheets", most=100),
        Definition("remind_first_days", _l("Days before a deadline of the first reminder"), 10, PRACTICE,
                   group="reminders", unit=DAYS, most=60),
        Definition("remind_second_days", _l("Days before a deadline of the second reminder"), 3, PRACTICE,
                   group="reminders", unit=DAYS, most=60),
        Definition("remind_every_days", _l("Working days from one reminder of an overdue case to the next"), 3,
                   PRACTICE, group="reminders", unit=_lp("unit", "working days"), most=30,
                   help=_l("The head of the unit is told as well.")),
        Definition("remind_until_days", _l("Days after which an overdue case is not told any more"), 366, OURS,
                   group="reminders", unit=DAYS, most=1000),
        Definition("remind_keep_days", _l("Days that a reminder stands in the inbox"), 30, OURS, group="reminders",
                   unit=DAYS, most=366),
        Definition("remind_hour", _l("Hour of the daily reminders"), 7, OURS, group="reminders", unit=_l("o'clock"),
                   least=0, most=23),
        Definition("lock_failures", _l("Failed logins until an account is locked"), 5, BASELINE, group="accounts",
                   unit=_l("times"), most=20),
        Definition("lock_minutes", _l("Minutes an account stays locked"), 30, BASELINE, group="accounts",
                   unit=_l("minutes"), most=1440),
        Definition("idle_minutes", _l("Minutes without a request until a session ends"), 30, BASELINE,
                   group="accounts", unit=_l("minutes"), most=1440),
        Definition("refused_an_hour", _l("Refused logins that are recorded within an hour"), 200, OURS,
                   group="accounts", unit=_l("times"), most=10_000,
                   help=_l("Further ones are refused all the same: a flood must not fill the history.")),
        Definition("password_length", _l("Fewest characters of a password"), 10, BASELINE, group="accounts",
                   unit=_l("characters"), least=8, most=64),
        Definition("password_kinds", _l("Kinds of characters in a password: small, capital, digit, other"), 3,
                   BASELINE, group="accounts", unit=_l("kinds"), most=4),
        Definition("password_history", _l("Former passwords that are not taken again"), 5, BASELINE,
                   group="accounts", unit=_l("passwords"), most=24),
        Definition("password_age_days", _l("Days after which a password must be changed"), 90, BASELINE,
                   group="accounts", unit=DAYS),
        Definition("one_session", _l("A login ends the same account's other sessions"), False, BASELINE,
                   group="accounts"),
        Definition("job_file_days", _l("Days a file made in the background can be fetched"), 7, OURS,
                   group="upkeep", unit=DAYS, most=90),
        Definition("backup_hour", _l("Hour of the nightly backup"), 3, OURS, group="upkeep", unit=_l("o'clock"),
                   least=0, most=23, help=_l("A machine that was off then makes up for it once it is on.")),
        Definition("backup_days", _l("Days a nightly backup is kept"), 14, OURS, group="upkeep", unit=DAYS,
                   most=365),
        Definition("backup_warn_days", _l("Days without a backup until it is shown in red"), 2, OURS,
                   group="upkeep", unit=DAYS, most=30),
        Definition("log_days", _l("Days the server's logs are kept"), 183, SIX_MONTHS, group="upkeep", unit=DAYS,
                   least=180),
        Definition("least_free_megabytes", _l("Room on the disk below which it is nearly full, MB"), 256, OURS,
                   group="upkeep", unit="MB", least=16, most=1_000_000,
                   help=_l("Then the page of the system warns, and so does the answer for monitoring.")),
        Definition("system_job_days", _l("Days the system's own finished jobs stay listed"), 30, OURS,
                   group="upkeep", unit=DAYS, most=365),
    )
}


class Setting(Model, CountyOwned):
    """A value of a setting from a day on; rows are added, never changed."""

    __tablename__ = "settings"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(40))
    value: Mapped[object] = mapped_column(JSON)
    valid_from: Mapped[dt.date]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    told_on: Mapped[dt.date | None]  # the day it was written; unknown of the oldest rows
    __table_args__ = (Index("ix_settings_key", "county_id", "key", "valid_from"),)


scoped(Setting, within_county(Setting))
_settings = Setting.__table__


_VALUES = planned_once(
    sa.select(_settings.c.key, _settings.c.value)
    .where(_settings.c.county_id == sa.bindparam("county"), _settings.c.valid_from <= sa.bindparam("day"))
    .order_by(_settings.c.valid_from, _settings.c.id)
)


def values(session, county_id: int, as_of: dt.date) -> dict:
    """`{key: value}` that hold on a day, defaults included; one statement."""
    rows = session.execute(_VALUES, {"county": county_id, "day": as_of})
    return {key: d.default for key, d in DEFINITIONS.items()} | dict(rows.all())


def said(key: str) -> LazyString:
    """The value that holds today, for texts that are made before anybody asks."""
    return LazyString(lambda: str(setting(key)))


def setting(key: str):
    """The value that holds today in the county of the hat worn; read once per request."""
    from app.casework.clock import today  # the clock stands at the edge, above this room

    hat = g.get("hat") if has_app_context() else None  # a job wears one too
    if hat is None:
        return DEFINITIONS[key].default
    if "settings" not in g:
        g.settings = values(db.session, hat.county_id, today())
    return g.settings[key]
