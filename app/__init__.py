"""抓落实: the back office of a county's work-safety commission office. See README.md."""
from __future__ import annotations

from flask import Flask
from flask_wtf import CSRFProtect

import config as configuration
from app import console

CONFIGS = {
    "development": configuration.Development, "test": configuration.Test, "production": configuration.Production,
}


def create_app(config: str | object | None = None, **overrides) -> Flask:
    """The application: configuration → extensions → access → screens → commands → errors."""
    app = Flask(__name__)
    app.config["CONFIG"] = config or "production"
    app.config.from_object(CONFIGS.get(app.config["CONFIG"], app.config["CONFIG"]))
    app.config.update(overrides)
    try:
        configuration.complete(app.config)
    except configuration.WrongPort:
        raise SystemExit(console.no_port(app.config["PORT"])) from None
    except OSError as fault:
        raise SystemExit(console.no_folder(app.config["DATA_DIR"], fault)) from None

    from app import answered, cli, errors, gate, headers, screens, shell, templating, widgets, words
    from app.access.idle import OfficeSessions
    from app.extensions import db, has_model, migrate
    from app.upkeep import health, logs

    db.init_app(app)
    migrate.init_app(app, db, directory=str(configuration.ROOT / "migrations"), render_as_batch=True,
                     include_name=has_model)
    app.session_interface = OfficeSessions()
    CSRFProtect(app)  # before the framework: its APIs would exempt themselves
    gate.init_app(app)
    errors.init_app(app)
    headers.init_app(app)
    answered.init_app(app)
    shell.init_app(app)
    templating.init_app(app)
    widgets.init_app(app)
    with app.app_context():
        screens.register(app, db.session)
    words.init_app(app)
    logs.init_app(app)
    health.init_app(app)
    cli.init_app(app)
    return app
