"""The documents that are generated say what the declarations say."""

import pytest
from flask_babel import force_locale

from app import handbook
from app.access.permissions import Permission
from app.casework.diagram import edges
from app.nouns import ROOMS
from app.rights import matrix

NOUNS = pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.noun.kind)


@pytest.mark.one_database
def test_documents_are_up_to_date(app):
    with app.app_context(), force_locale("zh"):
        stale = [path.name for path, text in handbook.pages().items() if path.read_text(encoding="utf-8") != text]
    assert not stale, f"run `make docs`: {stale} tell an old story"


def test_the_readme_has_its_matrices():
    text = (handbook.ROOT / "README.md").read_text(encoding="utf-8")
    for name in ("permissions", "verbs"):
        assert f"<!-- {name}" in text and f"<!-- /{name} -->" in text


def test_every_permission_has_its_words():
    for permission in Permission:
        subject, act = permission.split(".")
        assert subject in matrix.SUBJECTS and act in matrix.ACTS, f"{permission}: add its words to app/rights/matrix.py"


@NOUNS
def test_every_noun_has_its_words(room):
    """A page nobody can read the relations of explains nothing."""
    noun = room.noun
    assert noun.kind in matrix.TITLES, "name it in app/rights/matrix.py"
    spoken = {relation for verb in noun.verbs.values() for one in verb.who for relation in one.relations}
    assert spoken <= set(handbook.RELATIONS), f"add to RELATIONS of app/handbook.py: {spoken - set(handbook.RELATIONS)}"


@NOUNS
def test_every_state_can_be_reached_and_the_open_ones_left(room):
    """A state that nothing leads to is dead, one that is open and cannot be left is a trap."""
    moves = {*edges(room.noun), *room.follows}
    # A share is never a draft: it comes with the issue of its task.
    states = [state for state in room.noun.states if not (room.noun.model.is_share and state.style == "draft")]
    assert {to for _, to in moves} | {states[0]} == set(states)
    assert {at for at, _ in moves} >= {state for state in states if state.style in ("draft", "open", "claimed")}


def test_a_task_goes_the_way_its_shares_go():
    """The diagram of a head shows what follows from its shares: forward, back, and early ends."""
    follows = next(room.follows for room in ROOMS if room.noun.kind == "task")
    assert {("issued", "in_progress"), ("in_progress", "claimed"), ("claimed", "done"), ("claimed", "in_progress"),
            ("done", "in_progress")} <= set(follows)
    assert all("draft" not in move for move in follows)
