"""The description of a printed form, immutable; a noun declares its own in ``<noun>/sheet.py``."""

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

TRACE_KEY = "trace"
TRACE_HEAD = "系统编号与版本（请勿修改）"
_TRACE = re.compile(r"^\s*(\S+)\s*@\s*(\d{1,9})\s*$")


class Trace(NamedTuple):
    """Which case a row is, and which version of it was printed: the hidden last column."""

    number: str
    version: int

    def __str__(self) -> str:
        return f"{self.number}@{self.version}"

    @classmethod
    def read(cls, text: str) -> "Trace | None":
        found = _TRACE.match(text)
        return cls(found[1], int(found[2])) if found else None


@dataclass(frozen=True)
class Column:
    """One column of the form. ``width`` in characters of the body font; ``kind`` names the parser of ``cells``.

    ``aliases``: other heads that offices use. ``second``: heads of a column that some offices split off it
    (the person beside the unit); its text is then joined on.
    """

    key: str
    head: str
    width: float
    kind: str = "text"
    aliases: tuple[str, ...] = ()
    second: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """A form: title, columns, and the upper heads with how many columns each spans (none: one row of heads).

    ``required``: without these columns a table is not this form. ``blank_rows``: numbered rows of the empty form.
    ``above`` and ``below`` name the lines around the table, as (field of FormMeta, label).
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    groups: tuple[tuple[str, int], ...] = ()
    required: tuple[str, ...] = ()
    number_head: str = "序号"
    above: tuple[tuple[str, str], ...] = (("filing_unit", "填报单位"), ("period", "时间"))
    below: tuple[tuple[str, str], ...] = (("reviewer", "审核人"), ("filer", "填报人"), ("phone", "联系方式"))
    blank_rows: int = 5
    number_aliases: tuple[str, ...] = field(default=("序 号", "编号", "序", "No", "No."))

    def __post_init__(self) -> None:
        # Only 序号 can be merged over both rows of heads when rows are streamed, so the groups cover all the rest.
        if self.groups and sum(span for _, span in self.groups) != len(self.columns):
            raise ValueError(f"the group heads of {self.name} do not span its {len(self.columns)} columns")

    @cached_property
    def by_key(self) -> dict[str, Column]:
        return {column.key: column for column in self.columns}

    @property
    def heads(self) -> tuple[str, ...]:
        return tuple(column.head for column in self.columns)

    @property
    def head_rows(self) -> int:
        return 2 if self.groups else 1


@dataclass(frozen=True)
class FormMeta:
    """What stands around the table. Blank fields print their label only, as on the paper form."""

    filing_unit: str = ""
    period: str = ""
    reviewer: str = ""
    filer: str = ""
    phone: str = ""
