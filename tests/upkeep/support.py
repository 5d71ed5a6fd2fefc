"""A second, empty installation to restore into, and a county with something worth keeping."""

from contextlib import contextmanager
from pathlib import Path

from app import create_app, installation
from app.casework.attachments import Attachment
from app.hazards.states import HazardState
from app.jobs.upkeep import seal_all
from app.upkeep import backup, restore
from app.upkeep.checking import check_all
from tests.support import task_factories as tasks
from tests.support.application import Visitor


@contextmanager
def elsewhere(database, folder: Path):
    """An application on an empty database and data folder."""
    app = create_app("test", DATA_DIR=str(folder), SQLALCHEMY_DATABASE_URI=database.uri)
    app.test_client_class = Visitor
    try:
        yield app
    finally:
        with app.app_context():
            installation.release()


def county_at_work(world) -> int:
    """Hazards in every state, one with a photo; tasks and their shares, one every month; a thumbnail that is owed; all
    sealed. Returns the id of the hazard with the photo.
    """
    for state in HazardState:
        world.bring_to(state, place=state.value)
    for state in tasks.STEPS:
        tasks.bring_share(world, state)
    tasks.task(world, due_kind="monthly", due=None)
    hazard_id = world.hazard(photos=[world.stored()])
    with world.app.app_context():
        seal_all()
    return hazard_id


def back_up(world, path: Path) -> backup.Made:
    with world.app.app_context():
        return backup.make(path)


def bring_back(app, path: Path) -> restore.Restored:
    with app.app_context():
        return restore.restore(app, path)


def faults(app) -> list:
    """What `flask check` finds, of every noun."""
    with app.app_context():
        return check_all(app.config["DATA_DIR"]).faults


def photo_address(world, hazard_id: int) -> str:
    with world.system() as session:
        photo = session.query(Attachment).filter_by(case_id=hazard_id).first()
        return f"/hazards/{hazard_id}/files/{photo.id}"


def what_is_there(folder: Path) -> set[str]:
    """Files of the data folder but for the key that every start makes, and SQLite's own empty file."""
    kept = ("secret_key", "lock", "test.db")
    return {path.name for path in folder.rglob("*") if path.is_file() and not path.name.startswith(kept)}
