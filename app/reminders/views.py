"""收件箱 and 消息通道: notices of the hat worn; where a unit's digest goes besides."""
from __future__ import annotations

from functools import partial
from itertools import groupby

import sqlalchemy as sa
from flask import flash, g, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _

from app.access.scope import labels
from app.casework.clock import local, today
from app.casework.deadlines import due_words
from app.casework.errors import NotFound, Obstacle
from app.casework.jobs import enqueue
from app.casework.unit_of_work import unit_of_work
from app.casework.views import put_fault
from app.extensions import db
from app.gate import key
from app.jobs.answers import answer_with_job
from app.nouns import BY_KIND
from app.organization.models import Organization
from app.organization.settings import setting
from app.reminders import operations, queries
from app.reminders.forms import ChannelForm
from app.reminders.models import Channel
from app.reminders.sweep import DIGEST


class Inbox(BaseView):
    """What this hat was reminded of, day by day."""

    route_base = "/inbox"
    class_permission_name = "inbox"
    default_view = "list"

    @expose("/")
    @has_access
    @permission_name("read")
    def list(self):
        day = today()
        lines, more = queries.inbox(db.session, g.hat, day, request.args.get("before", type=key))
        days = [(on, [*some]) for on, some in groupby(lines, lambda line: line.notice.noticed_on)]
        return self.render_template(
            "reminders/inbox.html", title=_("Inbox"), days=days, more=more, today=day,
            has_new=any(line.is_new for line in lines), newest=max((line.notice.id for line in lines), default=0),
            last=lines[-1].notice.id if lines else 0, keep=setting("remind_keep_days"), rooms=BY_KIND,
            due_words=partial(due_words, warning_days=setting("warning_days")),
        )

    @expose("/seen", methods=["POST"])
    @has_access
    @permission_name("read")
    def seen(self):
        operations.see(db.session, g.hat, request.form.get("newest", type=key) or 0)
        return redirect(url_for("Inbox.list"))


class Channels(BaseView):
    """Off until the administrator configures one."""

    route_base = "/channels"
    class_permission_name = "channels"
    default_view = "list"

    @expose("/")
    @has_access
    @permission_name("edit")
    def list(self):
        channels = db.session.scalars(sa.select(Channel).order_by(Channel.active.desc(), Channel.id)).all()
        return self.render_template(
            "reminders/channels.html", title=_("Message channels"), channels=channels, local=local,
            names=labels(db.session, Organization.__table__, [one.organization_id for one in channels]),
        )

    @expose("/new", methods=["GET", "POST"])
    @has_access
    @permission_name("edit")
    def new(self):
        return self._edit(None)

    @expose("/<int:channel_id>", methods=["GET", "POST"])
    @has_access
    @permission_name("edit")
    def edit(self, channel_id: int):
        return self._edit(channel_or_404(channel_id))

    @expose("/<int:channel_id>/try", methods=["POST"])
    @has_access
    @permission_name("edit")
    def try_out(self, channel_id: int):
        """Send today's digest now; the page of the job says how it went."""
        channel = channel_or_404(channel_id)
        with unit_of_work(db.session):
            job = enqueue(db.session, g.hat, DIGEST, {"channel": channel.id},
                          title=_("Digest to %(name)s", name=channel.name))
        return answer_with_job(job)

    def _edit(self, channel: Channel | None):
        form = ChannelForm(obj=channel)
        if request.method == "GET":
            form.url.data, form.version.data = "", channel and channel.version
        elif form.validate():
            try:
                operations.save_channel(db.session, g.hat, channel and channel.id, form.seen, form.answers(), today())
                flash(_("Saved."), "success")
                return redirect(url_for("Channels.list"))
            except Obstacle as obstacle:
                put_fault(form, obstacle)
        return self.render_template(
            "reminders/channel.html", title=_("Message channel"), form=form, list_url=url_for("Channels.list"),
            list_title=_("Message channels"), cancel=url_for("Channels.list"),
        ), 422 if form.errors else 200


def channel_or_404(channel_id: int) -> Channel:
    channel = db.session.get(Channel, channel_id)
    if channel is None:
        raise NotFound
    return channel
