"""How the framework's screens read: counted to a cap, in a settled order, without a statement per row.

They write through operations: the framework's own add, edit and delete commit by themselves and are closed.
"""
from __future__ import annotations

from collections.abc import Sequence

from flask_appbuilder.models.filters import Filters
from flask_appbuilder.models.sqla.filters import FilterContains, FilterEqual
from flask_appbuilder.models.sqla.interface import SQLAInterface
from werkzeug.exceptions import BadRequest

from app.gate import LARGEST_KEY

CAP = 10_000  # a list counts no further


class DeclaredFilters(Filters):
    """Filters that a view declares, instead of every operator on every column, worked out anew for each list."""

    def _get_filters(self, cols) -> dict:
        return {}

    def get_joined_filters(self, filters) -> DeclaredFilters:
        joined = DeclaredFilters(self.filter_converter, self.datamodel)
        joined.filters, joined.values = self.filters + filters.filters, self.values + filters.values
        return joined


class OfficeInterface(SQLAInterface):
    """Reads of one model. `load`: loader options that fetch what a list shows of other tables."""

    def __init__(self, obj, load: Sequence = ()):
        super().__init__(obj)
        self.load = tuple(load)

    @staticmethod
    def is_model_already_joined(query, model) -> bool:
        """Never: the framework takes a table inside the scope's sub-select for a join, then orders by nothing."""
        return False

    def get_filters(self, search_columns=None, search_filters=None) -> DeclaredFilters:
        return DeclaredFilters(self.filter_converter_class, self)

    def get_search_columns_list(self) -> list[str]:
        return []  # filters and orders are declared; the framework's guesses offer every column

    def get_order_columns_list(self, list_columns=None) -> list[str]:
        return []

    def query(self, filters=None, order_column="", order_direction="", page=None, page_size=None, **_more):
        """`(count, rows)` of a page; the key breaks ties, so that no row is on two pages."""
        query = self.apply_filters(self.session.query(self.obj), filters)
        count = query.with_entities(self.get_pk()).limit(CAP + 1).count()
        query = self.apply_order_by(query, order_column, order_direction, aliases_mapping={}, add_pk=True)
        if not order_column:
            query = query.order_by(self.get_pk())
        return count, self.apply_pagination(query.options(*self.load), page, page_size).all()

    def get(self, id, filters=None, **_more):
        """The row with this key among those that the filters leave, or None."""
        query = self.apply_filters(self.session.query(self.obj), filters)
        return query.filter(self.get_pk() == id).options(*self.load).one_or_none()

    def add(self, item, raise_exception=False):
        raise NotImplementedError("rows are written by operations, in a unit of work")

    edit = delete = delete_all = add


class Contains(FilterContains):
    """What was typed stands for itself (the framework's takes % and _ as wildcards). Plain LIKE: names have no case."""

    def apply(self, query, value):
        pattern = "%" + value.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_") + "%"
        return query.filter(getattr(self.model, self.column_name).like(pattern, escape="\\"))


class Equals(FilterEqual):
    """The chosen word, or a chosen row's id; what is not a number where one is due is a bad request."""

    def apply(self, query, value):
        column = getattr(self.model, self.column_name)
        return query.filter(column == (row_id(value) if column.type.python_type is int else value))


class YesNo(FilterEqual):
    """The framework's knows "y" only."""

    def apply(self, query, value):
        return query.filter(getattr(self.model, self.column_name).is_(value in ("True", "y", "1")))


def row_id(text: str) -> int:
    """A posted id. Raises BadRequest when it cannot be one."""
    if not text.isascii() or not text.isdecimal() or int(text) > LARGEST_KEY:
        raise BadRequest
    return int(text)
