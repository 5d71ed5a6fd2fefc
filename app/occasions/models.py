"""Tables of occasions: what happened or was said, and whom it concerns."""
from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, case
from sqlalchemy.orm import Mapped, mapped_column

from app.casework.cases import Case
from app.casework.texts import searched, unit_named
from app.occasions.states import OccasionKind, WeatherLevel

# What rests on an occasion, for its page, as far as the session finds it: `(session, occasion's id)` gives rows of
# `id, number, title, state`. Who writes letters registers here (app/letters).
resting: list[Callable[[object, int], list]] = []


class Occasion(Case):
    """One occasion. `happened_on` of the case is its day, `due` the day by which an instruction must be answered.

    `said_by`: the leader, the weather service, the source of the report. `confidential`: the text of an instruction
    is for the office alone; letters rest on it and do not quote it. `unit_ids`: the units that it concerns, a
    choice for the letters; they are no parties.
    """

    __tablename__ = "occasions"
    id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    type: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(Text)
    said_by: Mapped[str | None] = mapped_column(String(120))
    confidential: Mapped[bool] = mapped_column(default=False, server_default="0")
    weather: Mapped[str | None] = mapped_column(String(40))  # 暴雨、大风、寒潮
    weather_level: Mapped[str | None] = mapped_column(String(8))
    industry_id: Mapped[int | None] = mapped_column(ForeignKey("dictionary_entries.id"))
    unit_ids: Mapped[list] = mapped_column(JSON, default=list)
    answer: Mapped[str | None] = mapped_column(Text)
    __table_args__ = (
        CheckConstraint(f"type IN {tuple(k.value for k in OccasionKind)}", name="type"),
        CheckConstraint(f"weather_level IN {tuple(w.value for w in WeatherLevel)}", name="weather_level"),
        CheckConstraint("type <> 'weather' OR weather IS NOT NULL", name="warning_says_of_what"),
    )
    __mapper_args__ = {"polymorphic_identity": "occasion", "inherit_condition": id == Case.id}


_cases, _occasions = Case.__table__.c, Occasion.__table__.c
searched(  # a confidential text by nobody: found by it, it would be read by whoever may not
    Occasion, _cases.number, _cases.title, unit_named(_cases.filed_by_id), _occasions.said_by, _occasions.weather,
    *(case((_occasions.confidential.is_(False), text)) for text in (_occasions.text, _occasions.answer)),
    units=(_cases.filed_by_id,),
)
