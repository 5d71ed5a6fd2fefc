"""Settings of the process, not of the office: no business rule stands here.

Everything a deployment may choose comes from the environment (README, 配置).  Whatever depends on the
data folder is worked out by `complete`, after overrides, so that a test may move the folder.
"""

import os
import secrets
from contextlib import suppress
from datetime import timedelta
from gettext import gettext as _
from pathlib import Path

ROOT = Path(__file__).resolve().parent
KEY_FILE = "secret_key"  # as old as the installation
DEMO_MARK, DEMO_LOADED = "demo", "loaded"  # the file in the data folder, and what it says once all is in
DATABASES = ("sqlite", "postgres", "postgresql", "postgresql+psycopg")
BUSY_SECONDS = 15  # how long a writer waits for SQLite's one write lock


class WrongPort(ValueError):
    """PORT names no port."""


class Base:
    DATA_DIR = os.environ.get("DATA_DIR") or str(ROOT / "var")
    DATABASE_URL = os.environ.get("DATABASE_URL", "")
    REDIS_URL = os.environ.get("REDIS_URL", "")  # wakes the workers of several hosts; without it a file does
    JOB_LEASE = 60  # seconds without a sign of life after which a job is another worker's
    PORT = os.environ.get("PORT") or 8080

    APP_NAME = "抓落实"
    APP_THEME = ""  # 16 of the 18 shipped themes fetch fonts from another host
    FAB_BASE_TEMPLATE = "appbuilder/base.html"
    FAB_CREATE_DB = False  # tables come from migrations only
    FAB_UPDATE_PERMS = False  # workers must not race to write permissions at start
    FAB_ADD_SECURITY_VIEWS = True  # False would take /login away too
    FAB_ADD_SECURITY_API = False
    FAB_ADD_SECURITY_PERMISSION_VIEW = False
    FAB_ADD_SECURITY_VIEW_MENU_VIEW = False
    FAB_ADD_SECURITY_PERMISSION_VIEWS_VIEW = False
    FAB_ADD_OPENAPI_VIEWS = False
    FAB_ADD_MENU_API = False
    FAB_API_SWAGGER_UI = False
    FAB_API_KEY_ENABLED = False
    AUTH_TYPE = 1
    AUTH_USERNAME_CI = True
    FAB_PASSWORD_COMPLEXITY_ENABLED = True  # by app.access.passwords
    # One office shares one address: a limit per address would lock out its neighbours, and the store is per
    # process. The security manager locks the account instead, in the database.
    AUTH_RATE_LIMITED = False
    RATELIMIT_ENABLED = False

    LANGUAGES = {"zh": {"flag": "cn", "name": "中文"}}
    BABEL_DEFAULT_LOCALE = "zh"
    BABEL_DEFAULT_TIMEZONE = "Asia/Shanghai"
    BABEL_TRANSLATION_DIRECTORIES = str(ROOT / "translations")

    SESSION_COOKIE_NAME = "zhualuoshi"
    SESSION_COOKIE_HTTPONLY = True
    SESSION_COOKIE_SAMESITE = "Lax"
    SESSION_COOKIE_SECURE = os.environ.get("HTTPS", "") == "1"  # many counties run on plain http inside
    PERMANENT_SESSION_LIFETIME = timedelta(days=1)  # at most; when an idle session ends is a setting of the county
    SESSION_REFRESH_EACH_REQUEST = True
    WTF_CSRF_TIME_LIMIT = None  # a form left open over lunch is still good; the session's end is the limit

    MAX_CONTENT_LENGTH = 64 * 1024 * 1024
    MAX_FORM_PARTS = 5_000  # an import preview posts its corrected cells
    MAX_FORM_MEMORY_SIZE = 4 * 1024 * 1024
    SEND_FILE_MAX_AGE_DEFAULT = timedelta(hours=1)


class Development(Base):
    DEBUG = True


class Test(Base):
    TESTING = True
    DATABASE_URL = ""  # a test never touches the database of the shell that starts it
    REDIS_URL = ""
    SECRET_KEY = "test"
    SERVER_NAME = None
    FAB_PASSWORD_HASH_METHOD = "pbkdf2:sha256:1"  # scrypt would be a third of the suite


class Production(Base):
    pass


def complete(settings) -> None:
    """Fill in what follows from DATA_DIR and DATABASE_URL, in place; creates the data folder and its secret key.

    `settings` is the app's config mapping, overrides included. Raises WrongPort, and OSError when the folder
    cannot be used.
    """
    settings["PORT"] = port(str(settings["PORT"]))
    folder = Path(settings["DATA_DIR"]).resolve()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = secret(folder / KEY_FILE)  # made even where another is given: the folder can be written
    settings["DATA_DIR"] = str(folder)
    mark = folder / DEMO_MARK
    settings.setdefault("DEMO", mark.exists() and mark.read_text() == DEMO_LOADED)  # the login page says so
    # the framework creates its two folders at start, even if nothing is ever put there
    settings["UPLOAD_FOLDER"] = settings["IMG_UPLOAD_FOLDER"] = str(folder / "uploads")
    settings.setdefault("SQLALCHEMY_DATABASE_URI", database_uri(settings["DATABASE_URL"], folder))
    settings.setdefault("SQLALCHEMY_ENGINE_OPTIONS", engine_options(settings["SQLALCHEMY_DATABASE_URI"]))
    settings["SECRET_KEY"] = settings.get("SECRET_KEY") or key


def port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise WrongPort(text)
    return int(text)


def database_uri(url: str, folder: Path) -> str:
    """SQLAlchemy's name of the database; empty → SQLite in the data folder; PostgreSQL always through psycopg 3."""
    if not url:
        return f"sqlite:///{folder / 'zhualuoshi.db'}"
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in DATABASES:  # what follows the scheme may hold a password
        raise SystemExit(_("The database cannot be used: {reason}").format(reason=f"DATABASE_URL={scheme[:20]}…"))
    return url if scheme == "sqlite" else f"postgresql+psycopg://{rest}"


def engine_options(uri: str) -> dict:
    if uri.startswith("sqlite"):
        return {"connect_args": {"timeout": BUSY_SECONDS}}
    return {"pool_size": 2, "isolation_level": "READ COMMITTED"}


def secret(path: Path, size: int = 32) -> str:
    """The text kept in `path`, made at random on first use, readable by its owner only; an empty file is none.

    Several workers may start at once: the name appears complete or not at all, and the first one wins.
    """
    if path.exists() and not path.read_text().strip():
        path.unlink()  # cut short by a power failure; an empty key would let nobody in
    if not path.exists():
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(size))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text().strip()
