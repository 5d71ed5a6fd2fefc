"""About sixty invented enterprises over the fifteen townships, each with its regulators, one of them the daily one."""
from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from app.demo.content import rows
from app.demo.people import person, phone
from app.organization.models import DictionaryEntry, Enterprise, EnterpriseRegulator, Organization

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ORGANIZATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_PLACES = ("工业集中区", "中心街", "河东路", "东关村", "西沟村", "新村路口", "文化路", "南岭村")


@dataclass(frozen=True)
class Firm:
    """A row of enterprises.tsv; `regulators` by short name, the daily one first."""

    name: str
    township: str
    industry: str
    regulators: tuple[str, ...]
    status: str
    licensed: bool


def firms() -> list[Firm]:
    """All invented enterprises, in the order of the file."""
    return [
        Firm(row["name"], row["township"], row["industry"], tuple(row["regulators"].split("、")), row["status"],
             row["licensed"] == "y")
        for row in rows("enterprises")
    ]


def invented_uscc(n: int, area: str = "140522") -> str:
    """A code with right check digits (GB 32100, GB 11714) in a range no registry has issued: ``…MADEM001…``."""
    body = f"MADEM{n:03d}"
    values = [int(c, 36) for c in body]  # GB 11714 counts letters from A = 10
    digit = 11 - sum(w * v for w, v in zip(_ORGANIZATION_WEIGHTS, values, strict=True)) % 11
    code = f"91{area}{body}{'X' if digit == 10 else digit % 11}"
    total = sum(pow(3, place, 31) * _ALPHABET.index(char) for place, char in enumerate(code))
    return code + _ALPHABET[-total % 31]


def load_enterprises(session, county: Organization) -> None:
    """Add the enterprises that are missing, with their regulators; flushes."""
    table = Organization.__table__
    units = {
        row.short_name or row.name: row.id
        for row in session.execute(sa.select(table).where(table.c.county_id == county.id, table.c.kind != "county"))
    }
    entries = DictionaryEntry.__table__
    industries = {
        row.name: row.id
        for row in session.execute(
            sa.select(entries).where(entries.c.county_id == county.id, entries.c.dictionary == "industry")
        )
    }
    for n, firm in enumerate(firms(), start=1):
        if firm.name not in units:
            _add(session, county, n, firm, units, industries[firm.industry])
    session.flush()


def _add(session, county: Organization, n: int, firm: Firm, units: dict[str, int], industry_id: int) -> None:
    enterprise = Enterprise(
        county_id=county.id, kind="enterprise", name=firm.name, parent_id=units[firm.township],
        territory_id=units[firm.township], industry_id=industry_id, status=firm.status, sort_order=n,
        active=firm.status != "closed", uscc=invented_uscc(n) if firm.licensed else None,
        address=f"{county.name}{firm.township}{_PLACES[n % len(_PLACES)]}{n}号",
        principal=person(f"{firm.name}/principal"), principal_phone=phone(f"{firm.name}/principal"),
        safety_manager=person(f"{firm.name}/safety"), safety_phone=phone(f"{firm.name}/safety"),
    )
    enterprise.regulators = [
        EnterpriseRegulator(organization_id=units[name], subject=_subject(firm, name), is_daily=n == 0)
        for n, name in enumerate(firm.regulators)
    ]
    session.add(enterprise)


_SUBJECTS = {
    "县消防救援大队": "消防", "县市场监管局": "特种设备", "县公安交警大队": "道路交通", "县公安局": "治安与流向",
}


def _subject(firm: Firm, regulator: str) -> str:
    """In what matter a department regulates the enterprise."""
    return firm.industry if regulator == firm.regulators[0] else _SUBJECTS.get(regulator, "行业管理")
