"""The page on which the governing text is read."""
from __future__ import annotations

from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _

from app.basis.text import blocks


class Basis(BaseView):
    route_base = "/basis"
    class_permission_name = "basis"
    default_view = "index"

    @expose("/")
    @has_access
    @permission_name("read")
    def index(self):
        return self.render_template("basis/index.html", title=_("Governing text"), blocks=blocks())
