"""Every view of the product, registered in one place."""
from __future__ import annotations

from flask import Flask

import app.deliveries.placeholders
import app.escalation.jobs
import app.escalation.models
import app.jobs.queue
import app.jobs.upkeep
import app.letters.placeholders
import app.reminders.digest
import app.submissions.opening
import app.tasks.models  # noqa: F401 - the modules above declare, and are asked by nobody
from app.access import passwords
from app.access.security import Builder, SecurityManager


def register(app: Flask, session) -> Builder:
    """Make the builder within the application (a shared one would keep its views for the next application)."""
    from app.ledgers.jobs import declare_jobs
    from app.workbench.views import Workbench

    app.config["FAB_PASSWORD_COMPLEXITY_VALIDATOR"] = passwords.check
    builder = Builder(update_perms=False, indexview=Workbench, security_manager_class=SecurityManager)
    builder.init_app(app, session)
    for view in views():
        builder.add_view_no_menu(view)
    declare_jobs()
    return builder


def views() -> tuple[type, ...]:
    """Every view but the first page; imported once there is an application."""
    from app.administration import VIEWS
    from app.audit.views import Audit
    from app.basis.views import Basis
    from app.deliveries.views import Deliveries
    from app.escalation.views import Proposals
    from app.hazards.import_views import HazardImports
    from app.hazards.views import Hazards
    from app.jobs.views import Jobs
    from app.letters.views import Letters
    from app.occasions.views import Occasions
    from app.papers.views import Papers
    from app.reminders.views import Channels, Inbox
    from app.rights.views import Roles
    from app.roll_up.views import RollUp
    from app.search.views import Search
    from app.submissions.views import LedgerDuties, Submissions
    from app.tasks.import_views import TaskImports
    from app.tasks.shares.views import TaskShares
    from app.tasks.views import Tasks
    from app.upkeep.views import System
    from app.workbench.views import Overview

    return (
        Overview, Inbox, Search, Proposals,
        Tasks, TaskShares, TaskImports,
        Hazards, HazardImports,
        Submissions, LedgerDuties, RollUp,
        Letters, Deliveries, Occasions,
        *VIEWS,
        Audit, Basis, Papers, Roles, Jobs,
        Channels, System,
    )
