"""The framework's list, show, add and edit with their traps closed, once for every screen that uses them.

Closed here: actions, downloads and deletes (no such route), the filters that all threads share, ordering by any
column of any table, unlimited pages, arguments that end in a 500, forms that commit by themselves, forms that
overwrite what somebody else changed, typed text lost on an error, tabs that skip permissions. Which rows exist is
not decided here but in `scope`.
"""
from __future__ import annotations

import copy
import re

from flask import abort, current_app, flash, g, has_request_context, redirect, request, url_for
from flask_appbuilder import ModelView, expose
from flask_appbuilder.fields import EnumField
from flask_appbuilder.forms import DynamicForm
from flask_appbuilder.models.mixins import FileColumn, ImageColumn
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.access.interface import row_id
from app.casework.errors import NotFound, Obstacle
from app.casework.views import put_fault
from app.gate import LARGEST_KEY
from app.widgets import FilterBar

LARGEST_PAGE = 100
LAST_PAGE = 400


class NoSearch(DynamicForm):
    """For a list without filters."""


class OfficeView(ModelView):
    """Base of the screens that the framework declares. A class sets `datamodel`, columns, labels and `form`.

    `filters_for`: ``{column: filter class}``, with a field of the same name in `search_form`. A method
    ``word_<column>(row)`` words a column that is not simply the row's. `save` calls an operation.
    """

    exclude_route_methods = {"delete", "download", "action", "action_post"}
    method_permission_name = {"list": "read", "show": "read", "add": "edit", "edit": "edit"}
    search_widget = FilterBar
    search_form = NoSearch
    form_template = "administration/form.html"
    filters_for: dict = {}
    form: type | None = None
    order_columns: list = []
    label_columns: dict = {}
    base_order = ("id", "asc")
    saved_message = _l("Saved.")
    edits_from_list = True  # a button in each row; not where it depends on the row whether it may be changed

    # ── what the framework would prepare ───────────────────────────────────────────────────────────────────────
    def _init_properties(self) -> None:
        self.search_columns = [*self.filters_for]
        has_page = "show" not in self.exclude_route_methods
        assert self.list_columns and (self.show_columns or not has_page), "declare what is shown"
        orders, self.label_columns = self.order_columns, dict(self.label_columns)
        super()._init_properties()
        self.order_columns = [*orders]  # left empty, the framework offers every column
        self._refuse_traps()

    def _init_forms(self) -> None:
        """Ours are written by hand: generated ones offer every row of a related table and pick the first."""
        self.add_form = self.edit_form = self.form or DynamicForm
        super()._init_forms()

    def _refuse_traps(self) -> None:
        """What this base cannot make safe is not to be declared; says so at start."""
        columns = self.datamodel.list_columns.values()
        assert not self.related_views, "tabs skip permissions: write a page of its own"
        assert not any(isinstance(c.type, FileColumn | ImageColumn) for c in columns), "files are attachments of a case"
        fields = vars(self.form or DynamicForm).values()
        assert not any(getattr(f, "field_class", None) is EnumField for f in fields), "it picks the first entry"

    def _gen_labels_columns(self, list_columns) -> None:
        """Labels are declared; an English one made of a column's name would stay untranslated."""

    # ── filters of this request ────────────────────────────────────────────────────────────────────────────────
    @property
    def _filters(self):
        """A copy for each request: the framework keeps one on the view, and threads would mix their values."""
        if not has_request_context():
            return self._prototype
        mine = g.setdefault("list_filters", {})
        if self not in mine:
            mine[self] = copy.copy(self._prototype)
            mine[self].clear_filters()
        return mine[self]

    @_filters.setter
    def _filters(self, filters) -> None:
        known = {column: [cls(column, self.datamodel)] for column, cls in self.filters_for.items()}
        filters._search_filters = filters._all_filters = known
        self._prototype = filters

    def _take_filters(self) -> None:
        """Filters from the address; an unknown column is as if it were not there, an unknown operator is a fault."""
        for argument, value in request.args.items():
            match = re.fullmatch(r"_flt_(\d+)_(.+)", argument)
            if not match or match[2] not in self.filters_for or not value.strip():
                continue
            if match[1] != "0":
                abort(400)
            self._filters.add_filter_index(match[2], 0, value.strip())

    def _asked(self, name: str, default: int) -> int:
        return row_id(request.args.get(f"{name}_{type(self).__name__}", str(default)))

    def _order(self) -> tuple[str, str]:
        """A declared column only: ordering by a hidden one tells its values."""
        name = type(self).__name__
        column, direction = request.args.get(f"_oc_{name}"), request.args.get(f"_od_{name}", "asc")
        if column is None:
            return self.base_order
        if column not in self.order_columns or direction not in ("asc", "desc"):
            abort(400)
        return column, direction

    # ── list ───────────────────────────────────────────────────────────────────────────────────────────────────
    @expose("/")
    @has_access
    def list(self):
        self._take_filters()
        column, direction = self._order()
        widgets = self._get_list_widget(
            self._filters, order_column=column, order_direction=direction, page=self._asked("page", 0),
            page_size=self._asked("psize", self.page_size),
        )
        if self.filters_for:
            widgets = self._get_search_widget(form=self.search_form.refresh(), widgets=widgets)
        return self.render_template(self.list_template, title=self.list_title, widgets=widgets, **self.around_list())

    def around_list(self) -> dict:
        """What a list's own template needs besides."""
        return {}

    def _get_list_widget(self, filters, actions=None, order_column="", order_direction="", page=None, page_size=None,
                         widgets=None, **kwargs):
        size, page = min(max(page_size, 1), LARGEST_PAGE), min(page, LAST_PAGE)
        count, rows = self.datamodel.query(
            filters.get_joined_filters(self._base_filters), order_column, order_direction, page, size
        )
        widget = self.list_widget(
            label_columns=self.label_columns, include_columns=self.list_columns, order_columns=self.order_columns,
            value_columns=[{c: self.shown(row, c) for c in self.list_columns} for row in rows],
            formatters_columns=self.formatters_columns, page=page, page_size=size, count=count,
            pks=[row.id for row in rows], actions={}, filters=filters, modelview_name=type(self).__name__,
            edits_from_list=self.edits_from_list,
        )
        return {**(widgets or {}), "list": widget}

    def shown(self, row, column: str):
        """A column's value as the page words it."""
        worded = getattr(self, f"word_{column}", None)
        return worded(row) if worded else getattr(row, column)

    # ── one row ────────────────────────────────────────────────────────────────────────────────────────────────
    def row_or_404(self, pk: int):
        row = self.datamodel.get(pk, self._base_filters) if pk <= LARGEST_KEY else None
        if row is None:
            raise NotFound
        return row

    @expose("/<int:pk>")
    @has_access
    def show(self, pk: int):
        row = self.row_or_404(pk)
        columns = self.columns_of(row)
        widget = self.show_widget(
            pk=pk, label_columns=self.label_columns, include_columns=columns,
            value_columns=[self.shown(row, column) for column in columns], formatters_columns=self.formatters_columns,
            actions={}, fieldsets=None, modelview_name=type(self).__name__,
        )
        return self.render_template(
            self.show_template, pk=pk, title=str(row), widgets={"show": widget}, related_views=[],
            **self.around_show(row),
        )

    def columns_of(self, row) -> list[str]:
        """Which columns this user is shown of the row."""
        return self.show_columns

    def around_show(self, row) -> dict:
        """What a page's own template needs besides."""
        return {}

    # ── writing ────────────────────────────────────────────────────────────────────────────────────────────────
    @expose("/add", methods=["GET", "POST"])
    @has_access
    def add(self):
        return self._form_page(None)

    @expose("/<int:pk>/edit", methods=["GET", "POST"])
    @has_access
    def edit(self, pk: int):
        return self._form_page(self.row_or_404(pk))

    def _form_page(self, row):
        """A form that keeps what was typed whatever stands in its way; written by one operation."""
        title = _("Change %(name)s", name=row) if row is not None else str(self.add_title)
        pk = row.id if row is not None else None
        form = self.form_for(row)
        if request.method == "POST" and form.validate():
            try:
                return self.answer(form, self.save(form, pk))
            except Obstacle as obstacle:
                put_fault(form, obstacle)
        return self.render_template(
            self.form_template, title=title, form=form, cancel=self.after(pk) if pk else self.list_url(),
            list_title=self.list_title, list_url=self.list_url(), **self.around_form(form, pk),
        ), 422 if form.errors else 200

    def form_for(self, row):
        """The form, filled with the row's values; what was posted comes over them."""
        return self.form(data=self.data_of(row) if row is not None else {})

    def data_of(self, row) -> dict:
        """First values of the form's fields, by name."""
        return {field.name: getattr(row, field.name) for field in self.form() if hasattr(row, field.name)}

    def around_form(self, form, pk: int | None) -> dict:
        """What a form's own template needs besides."""
        return {}

    def save(self, form, pk: int | None) -> int:
        """Call the operation; returns the row's id. Raises Obstacle and what casework's errors name."""
        raise NotImplementedError

    def answer(self, form, pk: int):
        """What follows once a row is saved."""
        flash(str(self.saved_message), "success")
        return redirect(self.after(pk))

    def list_url(self) -> str:
        return url_for(f"{self.endpoint}.list")

    def after(self, pk: int) -> str:
        """Where one goes once a row is saved."""
        endpoint = f"{self.endpoint}.show"
        return url_for(endpoint, pk=pk) if endpoint in current_app.view_functions else self.list_url()

    # The framework remembers the last addresses, filters and all, in the cookie; nobody needs them.
    def update_redirect(self) -> None:
        pass

    def get_redirect(self) -> str:
        return self.list_url()
