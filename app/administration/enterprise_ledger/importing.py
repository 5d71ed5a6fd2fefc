"""企业名录 in: which recorded enterprise a row is, and which of its fields the cells would change."""
from __future__ import annotations

import re
from collections.abc import Iterable

import sqlalchemy as sa
from flask_babel import gettext as _

from app.administration.directory_planner import DirectoryPlanner, Listed, listed_names, name_words, one_of, words
from app.administration.enterprise_ledger.printing import number_of, texts_of
from app.administration.enterprise_ledger.sheet import ENTERPRISE_SHEET
from app.administration.enterprises import STATUSES, core_of
from app.exchange.cells import says_nothing
from app.exchange.text import squash
from app.ledgers.planning import RowPlan
from app.ledgers.reading import Reader, batched
from app.organization.models import DictionaryEntry, Enterprise, Organization, OrganizationName
from app.organization.rules import may_change, uscc_fault

# What ledgers say besides the words of the screen.
STATUS_WORDS = {
    "正常": "normal", "在业": "normal", "营业": "normal", "正常营业": "normal", "生产": "normal", "正常生产": "normal",
    "存续": "normal", "在营": "normal", "停产": "suspended", "停业": "suspended", "停产停业": "suspended",
    "停工": "suspended", "歇业": "suspended", "关闭": "closed", "已关闭": "closed", "注销": "closed",
    "已注销": "closed", "吊销": "closed",
}
_PART = re.compile(r"[^、；;,，\n（(]+(?:[（(][^）)]*[）)])?")
_SUBJECT = re.compile(r"^(.+?)[（(]([^）)]*)[）)]$")
SUBJECT = 60
_names = OrganizationName.__table__


def code(planner, reader: Reader, key: str) -> str | None:
    """A credit code, capitals without spaces; a doubtful one is said and goes in."""
    said = None if says_nothing(reader.raw(key)) else re.sub(r"\s", "", squash(reader.text(key) or "")).upper()
    if not said:
        return None
    if len(said) > 18:
        reader.fault(key, _("Too long: at most %(count)s characters.", count=18))
        return None
    if doubt := uscc_fault(said):
        reader.remark(key, doubt)
    return said


def territory(planner, reader: Reader, key: str) -> int | None:
    said = squash(reader.said(key))
    unit_id = reader.unit_called(key, said) if said and not says_nothing(said) else None
    if unit_id is not None and planner.book.kind(unit_id) != "township":
        reader.fault(key, _("Choose the township in which it lies."))
        return None
    return unit_id


def regulators(planner, reader: Reader, key: str) -> tuple[tuple[int, str | None], ...]:
    """`((unit, matter), …)`: ``住建局（燃气）、市监局``."""
    said = "" if says_nothing(reader.raw(key)) else reader.said(key)
    found: dict[int, str | None] = {}
    for part in (part.strip() for part in _PART.findall(said)):
        split = None if planner.book.index.knows(part) else _SUBJECT.match(part)
        unit_id = reader.unit_called(key, split[1] if split else part)
        if unit_id is not None and planner.book.kind(unit_id) == "enterprise":
            reader.fault(key, _("A regulator is a unit of the county."))
        elif unit_id is not None:
            found.setdefault(unit_id, (split[2].strip()[:SUBJECT] or None) if split else None)
    return tuple(sorted(found.items()))


def daily(planner, reader: Reader, key: str) -> tuple[tuple[int, str | None], ...]:
    found = regulators(planner, reader, key)
    if len(found) > 1:
        reader.fault(key, _("One of the regulators is the daily one, not several."))
    return found


class EnterprisePlanner(DirectoryPlanner):
    """A row is a recorded enterprise by its credit code or one of its names; one whose name holds the same core is
    asked about.
    """

    sheet = ENTERPRISE_SHEET
    prefix = "QY"
    code_column = "uscc"
    cells = {
        "name": name_words(120), "short_name": name_words(60), "uscc": code, "territory": territory,
        "industry": one_of(lambda planner: planner.industries), "daily": daily, "others": regulators,
        "address": words(200), "status": one_of(lambda planner: planner.statuses), "principal": words(40),
        "principal_phone": words(40), "safety_manager": words(40), "safety_phone": words(40), "names": listed_names,
    }

    def pool(self) -> Iterable[Listed]:
        """Merged ones are their successors under an old name; closed ones are there too."""
        self.industries = dict(self.session.execute(
            sa.select(DictionaryEntry.name, DictionaryEntry.id)
            .where(DictionaryEntry.dictionary == "industry", DictionaryEntry.active.is_(True))
        ).all())
        self.statuses = STATUS_WORDS | {str(title): key for key, title in STATUSES.items()}
        rows = self.session.execute(
            sa.select(Enterprise.id, Enterprise.version, Enterprise.name, Enterprise.short_name, Enterprise.uscc,
                      Enterprise.active)
            .where(Enterprise.successor_id.is_(None))
        ).all()
        names: dict[int, set[str]] = {row.id: {squash(row.short_name)} if row.short_name else set() for row in rows}
        for unit_id, name in self.session.execute(
            sa.select(OrganizationName.organization_id, OrganizationName.name)
            .join(Enterprise, Enterprise.id == OrganizationName.organization_id)
        ):
            if unit_id in names:
                names[unit_id].add(squash(name))
        county = sa.select(Organization.name).where(Organization.id == self.hat.county_id)
        self.county = self.session.scalar(county) or ""
        self._cores = "\n".join(f"{row.name}\t{row.id}" for row in rows if row.active)
        return [Listed(row.id, number_of(row.id), row.version, row.name, squash(row.name), frozenset(names[row.id]),
                       row.uscc) for row in rows]

    def alike(self, plan: RowPlan) -> list[Listed]:
        """Of active ones, those whose name holds this one's core, unless both have codes, and different ones."""
        name, uscc = plan.new["name"], plan.new["uscc"]
        core, at, found = core_of(name, self.county) if name else "", 0, []
        while core and len(found) < 5 and (at := self._cores.find(core, at)) >= 0:
            end = self._cores.find("\n", at)
            line = self._cores[at : end if end >= 0 else None]
            one = self.listed[int(line.rsplit("\t", 1)[1])]
            if not (uscc and one.code and uscc != one.code):
                found.append(one)
            if end < 0:
                break
            at = end
        return found

    def complete(self, reader: Reader, new: dict) -> None:
        new["status"] = new["status"] or "normal"
        if not new["name"]:
            reader.fault("name", _("Please fill this in."))
        if new["territory"] is None and not reader.said("territory") and self.hat.organization_kind == "township":
            new["territory"] = self.hat.organization_id
            reader.remark("territory", _("Read as %(name)s.", name=self.hat.organization_name))
        if new["territory"] is None:
            reader.fault("territory", _("Choose the township in which it lies."))
        self._daily_and_others(reader, new)
        if not may_change(self.hat.role, self.hat.organization_ids, new["territory"], _ids(new)):
            reader.fault("territory", _("Your unit must be its territory or one of its regulators."))

    @staticmethod
    def _daily_and_others(reader: Reader, new: dict) -> None:
        if dict(new["daily"]).keys() & dict(new["others"]).keys():
            reader.fault("others", _("Each regulator stands once; several matters go into one line."))

    def texts(self, ids: set[int]) -> dict[int, dict[str, str]]:
        return texts_of(self.session, ids)

    def records(self, ids: set[int]) -> dict[int, Enterprise]:
        load = (sa.orm.selectinload(Enterprise.regulators), sa.orm.selectinload(Enterprise.names))
        return {row.id: row for some in batched(sorted(ids))
                for row in self.session.scalars(sa.select(Enterprise).where(Enterprise.id.in_(some)).options(*load))}

    def recorded(self, record: Enterprise) -> dict:
        ours = sorted(record.regulators, key=lambda one: one.organization_id)
        plain = {key: getattr(record, key) for key in self.cells if hasattr(record, key)}
        return plain | {
            "territory": record.territory_id, "industry": record.industry_id,
            "daily": tuple((one.organization_id, one.subject) for one in ours if one.is_daily),
            "others": tuple((one.organization_id, one.subject) for one in ours if not one.is_daily),
            "names": tuple(sorted(alias.name for alias in record.names)),
        }

    def why_not(self, record: Enterprise, data: dict) -> str | None:
        ids = [one.organization_id for one in record.regulators]
        if not may_change(self.hat.role, self.hat.organization_ids, record.territory_id, ids):
            return _("Only its township, its regulators and the county office change an enterprise.")
        namesakes = [one for one in self._by_code[data["uscc"]] if one.id != record.id] if data.get("uscc") else []
        if namesakes:
            return _("%(name)s has this code.", name=namesakes[0].description)
        return None


def _ids(new: dict) -> list[int]:
    return [unit_id for unit_id, _subject in (*new["daily"], *new["others"])]
