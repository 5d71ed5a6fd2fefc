"""Every verb of a month, and its opening, killed before each statement and commit: not one row differs afterwards."""

from app.access.scope import session_for, system_session
from app.casework.invariants import check
from app.casework.verbs import perform
from app.nouns import ROOMS
from app.submissions.opening import open_month
from app.submissions.states import SubmissionState as S
from app.submissions.verbs import SUBMISSIONS
from tests.hazards.test_kill import survives
from tests.support.submission_factories import FREEZING, do, month_of, on, open_all, prepared, read

PATHS = {  # verb: (who, unit, what the unit and the office did before)
    "submit": ("yingji", "yingji", ()),
    "nil_return": ("beiliu", "beiliu", ()),
    "approve": ("yingji_head", "yingji", (("yingji", "submit"),)),
    "return": ("yingji_head", "yingji", (("yingji", "submit"),)),
    "withdraw": ("yingji", "yingji", (("yingji", "submit"),)),
    "send_back": ("office", "yingji", (("yingji", "submit"), ("yingji_head", "approve"))),
    "chase": ("office", "yingji", ()),
    "excuse": ("office", "yingji", ()),
}


def test_every_verb_has_its_path():
    assert set(PATHS) == set(SUBMISSIONS.verbs)


def test_no_verb_is_ever_half_done(world):
    """Each on a month of its own: the next one is opened when the last is approved or excused."""
    world.hazard()
    for n, (verb, (who, unit, before)) in enumerate(PATHS.items()):
        month = f"2026-{n + 3:02d}"
        open_all(on(world, f"{n + 4:02d}-02"))
        submission_id = month_of(world, unit, month)
        for person, step in before:
            do(world, person, step, submission_id)
        survives(world, verb, performing(world, who, verb, submission_id))
        for other in ("yingji", "beiliu"):
            if (other_id := month_of(world, other, month)) and not handed_in(world, other_id):
                do(world, "office", "excuse", other_id)
    with world.system() as session:
        assert check(session, world.app.config["DATA_DIR"], [rule for room in ROOMS for rule in room.rules]) == []


def handed_in(world, submission_id: int) -> bool:
    return read(world, submission_id).state not in (S.OWED, S.RETURNED)


def performing(world, who: str, verb: str, submission_id: int):
    hat = world.hats[who]
    data = {"comment": "说明"}
    if verb in FREEZING:
        with world.session_of(who) as session:
            data["prepared"] = prepared(world, who, session, submission_id)

    def act():
        with session_for(hat.scope) as session:
            perform(session, SUBMISSIONS, verb, submission_id, None, hat, data, world.day)

    return act


def test_a_month_is_opened_whole_or_not(world):
    on(world, "04-02")

    def act():
        with system_session("test") as session:
            open_month(session, world.county.id, "2026-03", world.day)

    survives(world, "open", act)
