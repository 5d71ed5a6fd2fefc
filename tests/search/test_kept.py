"""Words in lists: the same rows by the index as by looking at each; and after a backup was brought back."""

import pytest

from app.casework.listing import ids
from app.casework.paging import Place, page
from app.casework.unit_of_work import unit_of_work
from app.hazards.queries import selection
from app.hazards.registering import complete, register
from app.organization.grams import folded, pieces
from app.upkeep.checking import check_all
from tests.casework.support import rows
from tests.upkeep.support import back_up, bring_back, elsewhere

SAID = ("消防通道被堵", "消防栓无水，通道A-1", "a-1号楼电箱", "防通", "通道", "氨罐 泄漏", "电")
TYPED = ("消防", "通道", "防通", "消防通道", "A-1", "1", "电", "通道 消防", "氨罐泄漏", "，", "YH-2026", "0003", "无此")


@pytest.fixture
def many(world):
    hat = world.hats["yingji"]
    with world.session_of("yingji") as session, unit_of_work(session):
        for n in range(40):
            facts = world.facts("yingji", description=SAID[n % len(SAID)], place=None, inspectors=None)
            register(session, hat, complete(session, hat, facts), (), world.day, True)
    return world


@pytest.mark.parametrize("who", ["office", "yingji", "firm"])
def test_the_index_and_the_eye_find_the_same(many, who):
    scope, texts = many.hats[who].scope, dict(rows(many, "SELECT case_id, text FROM case_texts"))
    with many.session_of(who) as session:
        for typed in TYPED:
            wanted = sorted((i for i, text in texts.items() if all(p in text for p in pieces(typed))), reverse=True)
            chosen = selection(scope, {"q": typed}, None, many.day)
            assert list(session.execute(ids(scope, chosen)).scalars()) == wanted, typed
            first = page(session, scope, chosen, Place(), 3)
            assert (first.ids, first.more) == (wanted[:3], len(wanted) > 3), typed
            if first.more:
                after = page(session, scope, chosen, Place(2, after=first.last), 3)
                assert (after.ids, after.more) == (wanted[3:6], len(wanted) > 6), typed
                assert page(session, scope, chosen, Place(2), 3).ids == after.ids, typed
            by_due = selection(scope, {"q": typed, "due": "soon"}, None, many.day, 30)
            assert page(session, scope, by_due, Place(), 100).ids == sorted(wanted), typed
            assert [row[0] for row in session.execute(ids(scope, by_due))] == sorted(wanted), typed


def test_what_stands_far_back_is_found_by_the_index(many, monkeypatch):
    """A list longer than what is looked through."""
    monkeypatch.setattr("app.casework.paging.DEPTH", 1)
    scope = many.hats["office"].scope
    with many.session_of("office") as session:
        everything = selection(scope, {"q": "氨罐"}, None, many.day)
        found = page(session, scope, everything, Place(), 3)
        texts = dict(rows(many, "SELECT case_id, text FROM case_texts"))
        assert found.more and found.ids == sorted((i for i, text in texts.items() if "氨罐" in text), reverse=True)[:3]


@pytest.mark.one_database
def test_a_rare_word_is_led_by_the_index(many):
    scope = many.hats["office"].scope
    with many.system() as session:
        statement = ids(scope, selection(scope, {"q": "氨罐"}, None, many.day))
        raw = str(statement.compile(session.connection(), compile_kwargs={"literal_binds": True}))
        plan = [row[3] for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {raw}")]
    assert any(line.startswith("SCAN case_grams VIRTUAL TABLE INDEX 0:M") for line in plan), plan
    assert not [line for line in plan if line.startswith(("SCAN cases", "SCAN case_texts"))], plan


def test_a_backup_brings_the_words_back(many, bare_database, tmp_path):
    many.do("yingji", "correct", 1, values={"description": "改写后的氨罐"})
    back_up(many, tmp_path / "one.tar")
    before = rows(many, "SELECT case_id, text FROM case_texts ORDER BY case_id")
    with elsewhere(bare_database, tmp_path / "var") as app:
        bring_back(app, tmp_path / "one.tar")
        with app.app_context():
            assert check_all(str(tmp_path / "var")).faults == []
        who = app.test_client()
        with who.session_transaction() as session:
            session.update(_user_id=str(many.users["office"]), _fresh=True, epoch=1)
            session.permanent = True
        assert "/hazards/1" in who.get("/search/?q=改写后").text
    assert dict(before)[1].split("\n")[1] == folded("改写后的氨罐")
