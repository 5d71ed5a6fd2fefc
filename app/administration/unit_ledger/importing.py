"""单位名录 in: which recorded unit a row is, and which of its fields the cells would change."""
from __future__ import annotations

import re
from collections.abc import Iterable

import sqlalchemy as sa
from flask_babel import gettext as _

from app.administration.directory_planner import (
    DirectoryPlanner,
    Listed,
    listed_names,
    name_words,
    one_of,
    refuse_double,
    words,
    yes_no,
)
from app.administration.unit_ledger.printing import number_of, texts_of
from app.administration.unit_ledger.sheet import UNIT_SHEET
from app.administration.units import KINDS
from app.exchange.text import squash
from app.ledgers.planning import RowPlan
from app.ledgers.reading import Reader
from app.organization.models import DictionaryEntry, Organization, OrganizationIndustry, OrganizationName

KIND_WORDS = {
    "乡": "township", "镇": "township", "乡（镇）": "township", "乡(镇)": "township", "街道": "township",
    "街道办事处": "township", "局": "department", "成员单位": "department", "县直部门": "department",
    "部门单位": "department", "法院": "justice", "检察院": "justice", "安委办": "county_office",
}
ACTIVE_WORDS = {"启用": True, "是": True, "正常": True, "使用": True, "在用": True, "撤销": False, "否": False,
                "不用": False, "停用": False}  # of each value last the word that is offered
_TOWNSHIP = re.compile(r"(?:镇|乡|街道|街道办事处)(?:人民政府|政府)?$")
_COUNTY = re.compile(r"([\u4e00-\u9fff]{1,4}?县)..")
_JUSTICE = re.compile(r"(?:法院|检察院)$")


def industries(planner, reader: Reader, key: str) -> tuple[int, ...]:
    """Ids of the industries that the cell lists."""
    found = set()
    for said in listed_names(planner, reader, key):
        entry = planner.industries.get(squash(said))
        if entry is None:
            reader.fault(key, _("“%(text)s” is not known here.", text=said))
        else:
            found.add(entry)
    return tuple(sorted(found))


class UnitPlanner(DirectoryPlanner):
    """A row is a recorded unit by its number or by one of its names; one called nearly so is asked about."""

    sheet = UNIT_SHEET
    prefix = "DW"
    cells = {
        "name": name_words(120), "short_name": name_words(60),
        "kind": one_of(lambda planner: KIND_WORDS | {str(title): kind for kind, title in KINDS.items()}),
        "parent": words(120), "code": words(20), "phone": words(40), "industries": industries, "review": yes_no,
        "names": listed_names, "active": one_of(lambda planner: ACTIVE_WORDS),
    }

    def pool(self) -> Iterable[Listed]:
        self.industries = {squash(name): i for name, i in self.session.execute(
            sa.select(DictionaryEntry.name, DictionaryEntry.id)
            .where(DictionaryEntry.dictionary == "industry", DictionaryEntry.active.is_(True))
        )}
        mine = (Organization.county_id == self.hat.county_id, Organization.kind.in_(KINDS))
        rows = self.session.execute(
            sa.select(Organization.id, Organization.version, Organization.name, Organization.short_name)
            .where(*mine, Organization.successor_id.is_(None))
        ).all()
        names = {row.id: {squash(row.short_name)} if row.short_name else set() for row in rows}
        for unit_id, name in self.session.execute(
            sa.select(OrganizationName.organization_id, OrganizationName.name)
            .join(Organization, Organization.id == OrganizationName.organization_id).where(*mine)
        ):
            if unit_id in names:
                names[unit_id].add(squash(name))
        return [Listed(row.id, number_of(row.id), row.version, row.name, squash(row.name), frozenset(names[row.id]))
                for row in rows]

    def alike(self, plan: RowPlan) -> list[Listed]:
        """The one that the words would be taken for in a ledger: 县住建局 for 住房和城乡建设局."""
        found = self.book.index.lookup(plan.new["name"]).id if plan.new["name"] else None
        return [self.listed[found]] if found in self.listed else []

    def complete(self, reader: Reader, new: dict) -> None:
        if not new["name"]:
            reader.fault("name", _("Please fill this in."))
        if new["kind"] is None and not reader.said("kind"):
            new["kind"] = kind_by_name(new["name"] or "")
            reader.remark("kind", _("Read as %(name)s.", name=KINDS[new["kind"]]))
        if new["active"] is None:
            new["active"] = True
        self._parent(reader, new["parent"])
        self._ask_about_county(reader, new["name"] or "")
        self._refuse_names(reader, new)

    def _parent(self, reader: Reader, said: str | None) -> None:
        """The county is the parent of every unit; another would have to be moved by hand."""
        if said and squash(said) not in (squash(self.county_name), squash(self.county_name)[:-1]):
            reader.fault("parent", _("The parent of a unit of the county is %(county)s.", county=self.county_name),
                         (self.county_name,))

    @property
    def county_name(self) -> str:
        if not hasattr(self, "_county_name"):
            self._county_name = self.session.scalar(
                sa.select(Organization.name).where(Organization.id == self.hat.county_id)) or ""
        return self._county_name

    def _ask_about_county(self, reader: Reader, name: str) -> None:
        """乙县凤城镇 in a file of another county's units; a like name of the own county's is asked about, too."""
        said = _COUNTY.match(squash(name))
        if said and said[1] != squash(self.county_name) and not reader.confirmed("name"):
            reader.remark("name", _("“%(county)s” is another county. Is it a unit of %(ours)s?", county=said[1],
                                    ours=self.county_name))
            reader.cell("name").asks = True

    def _refuse_names(self, reader: Reader, said: dict, unit_id: int | None = None) -> None:
        """A name that another unit goes by cannot be told from it in a ledger."""
        for key, name in _names_in(said):
            for one in self._by_name[name]:
                itself = one.id == unit_id if unit_id else squash(said["name"] or "") in one.names | {one.words}
                if not itself:
                    reader.fault(key, _("Another unit has this name."))

    def _refuse_doubles(self, plans: list[RowPlan]) -> None:
        """Nor can two rows of the file give one name to two units."""
        super()._refuse_doubles(plans)
        seen: dict[str, RowPlan] = {}
        for plan in plans:
            said = plan.new if plan.new is not None else plan.acts[0][1] if plan.acts else {}
            for key, name in _names_in(said):
                if seen.setdefault(name, plan) is not plan:
                    refuse_double(plan, key, seen[name])

    def texts(self, ids: set[int]) -> dict[int, dict[str, str]]:
        return texts_of(self.session, ids)

    def records(self, ids: set[int]) -> dict[int, tuple]:
        """Units with the ids of their industries."""
        load = sa.orm.selectinload(Organization.names)
        units = self.session.scalars(sa.select(Organization).where(Organization.id.in_(ids)).options(load)).all()
        found: dict[int, list[int]] = {unit.id: [] for unit in units}
        for unit_id, industry_id in self.session.execute(
            sa.select(OrganizationIndustry.organization_id, OrganizationIndustry.industry_id)
            .where(OrganizationIndustry.organization_id.in_(ids))
        ):
            found[unit_id].append(industry_id)
        return {unit.id: (unit, tuple(sorted(found[unit.id]))) for unit in units}

    def recorded(self, record: tuple) -> dict:
        unit, industries = record
        return {
            "name": unit.name, "short_name": unit.short_name, "kind": unit.kind, "parent": None, "code": unit.code,
            "phone": unit.phone, "industries": industries, "review": unit.review_before_issue,
            "names": tuple(sorted(alias.name for alias in unit.names)), "active": unit.active,
        }

    def changes(self, reader: Reader, record, texts: dict[str, str], keys: set[str]) -> list[tuple[str, dict]]:
        if "kind" in keys and self.cells["kind"](self, reader, "kind") not in (None, record[0].kind):
            reader.fault("kind", _("The kind of a recorded unit stays: its posts and cases hang on it."))
        if "parent" in keys:
            self._parent(reader, reader.said("parent"))
        acts = super().changes(reader, record, texts, keys - {"parent"})
        self._refuse_names(reader, acts[0][1] if acts else {}, record[0].id)
        return acts


def _names_in(said: dict) -> Iterable[tuple[str, str]]:
    """`(column key, name as it is compared)` of every name that a row gives a unit."""
    for key in ("name", "short_name"):
        if said.get(key):
            yield key, squash(said[key])
    for name in said.get("names") or ():
        yield "names", squash(name)


def kind_by_name(name: str) -> str:
    if _TOWNSHIP.search(name):
        return "township"
    return "justice" if _JUSTICE.search(name) else "department"
