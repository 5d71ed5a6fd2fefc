"""What can be found of a case follows every change of what it says, in the same transaction; the index follows that."""

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from app.administration.enterprises import save_enterprise
from app.administration.units import merge, save_unit
from app.casework import texts
from app.casework.unit_of_work import unit_of_work
from app.hazards.models import Hazard
from app.letters.drafting import save
from app.nouns import ROOMS
from app.organization.grams import asked, folded, grams, pieces
from app.organization.models import Enterprise, Organization
from tests.support import letter_factories as letters
from tests.support import task_factories as tasks
from tests.support.delivery_factories import do as deliver
from tests.support.occasion_factories import do as with_occasion
from tests.support.occasion_factories import occasion
from tests.support.submission_factories import open_all

TEXTS = texts.TEXTS


def found(world, typed: str) -> set[int]:
    """Ids of the cases with these words, by the index."""
    with world.system() as session:
        return set(session.execute(texts.where_said(pieces(typed))).scalars())


def faults(world) -> list[int]:
    """Cases that are found by other words than they say, or that the index does not know."""
    with world.system() as session:
        return [i for select in (*map(texts.differing, texts.nouns()), texts.unindexed(1000))
                for i in session.execute(select).scalars()]


def version_of(world, unit: int) -> int:
    with world.system() as session:
        return session.get(Organization, unit).version


def test_every_noun_declares_what_is_found_of_it():
    assert set(texts.nouns()) == {room.noun.model for room in ROOMS}, "a new noun: `searched(…)` below its tables"


def test_a_hazard_is_found_by_all_that_it_says(world):
    hazard_id = world.hazard(description="氨罐旁灭火器失效", place="三号库房", inspectors="王检查",
                             document_number="安监〔2026〕7号")
    number = world.read(hazard_id).number
    for typed in ("氨罐", "灭火器失效", "三号库", "王检查", "〔2026〕7", number, number[3:], number.lower(), "氨"):
        assert found(world, typed) == {hazard_id}, typed
    assert found(world, "enforcement") == found(world, "执法") == set(), "the source is masked, and no words of it"
    assert not faults(world)


def test_a_correction_and_a_draft_rewritten_are_found_by_the_new_words(world):
    hazard_id = world.hazard(description="旧描述文字")
    world.do("yingji", "correct", hazard_id, values={"description": "新写法内容", "place": "六号井"})
    assert found(world, "新写法") == found(world, "六号井") == {hazard_id} and found(world, "旧描述") == set()
    world.do("yingji", "correct", hazard_id, values={"heads": {world["firm"]: "赵厂长"}})
    assert found(world, "赵厂长") == {hazard_id}
    assert not faults(world)


def test_every_verb_of_a_hazard_leaves_its_text_right(world):
    for state in ("registered", "closed", "cancelled", "merged", "subject_gone"):
        world.bring_to(state, place=state)
    hazard_id = world.hazard()
    world.do("yingji", "ask_reassign", hazard_id)
    world.do("firm3", "accept_reassign", hazard_id)
    assert not faults(world)


def test_an_enterprise_renamed_takes_its_hazards_along(world):
    mine, other = world.hazard(), world.hazard(enterprise_id=world["firm3"], rectifiers=[world["firm3"]])
    with world.session_of("fengcheng") as session:
        save_enterprise(session, world.hats["fengcheng"], world["firm"], version_of(world, world["firm"]),
                        {"name": "新名字化工厂"}, world.day)
    assert found(world, "新名字化工") == {mine} and other not in found(world, "新名")
    assert not faults(world)


def test_a_unit_renamed_and_merged_leaves_shares_and_submissions_right(world):
    task_id = tasks.task(world, units=("fengcheng", "beiliu"))
    open_all(world)
    with world.session_of("admin") as session:
        save_unit(session, world.hats["admin"], world["fengcheng"], version_of(world, world["fengcheng"]),
                  {"name": "凤凰新镇"}, world.day)
    mine = tasks.share(world, task_id, "fengcheng")
    assert mine in found(world, "凤凰新镇") and len(found(world, "凤凰新镇")) > 1
    with world.session_of("admin") as session:
        merge(session, world.hats["admin"], Organization, world["beiliu"], version_of(world, world["beiliu"]),
              world["fengcheng"], world.day)
    assert not faults(world)


def test_a_task_takes_its_shares_along(world):
    task_id = tasks.task(world)
    both = {tasks.share(world, task_id, unit) for unit in tasks.UNITS}
    assert found(world, "燃气") == {task_id} | both
    tasks.do(world, "office_head", "adjust", task_id, content="防汛物资储备")
    assert found(world, "防汛物资") == {task_id} | both and found(world, "燃气") == set()
    tasks.do(world, "office", "add_units", task_id)
    assert tasks.share(world, task_id, "yingji") in found(world, "防汛物资")
    assert not faults(world)


def test_a_letter_is_found_as_a_draft_and_as_it_is_sent(world):
    letter_id = letters.letter(world)
    assert found(world, "台账不全") == found(world, "举一反三") == found(world, "督办函") == {letter_id}
    with world.session_of("office") as session:
        data = letters.facts(world, items=[{"text": "灭火器过期", "due": None}])
        save(session, world.hats["office"], data, (), world.day, letter_id, letters.read(world, letter_id).version,
             submit=True)
    assert found(world, "灭火器过期") == {letter_id} and found(world, "台账不全") == set()
    letters.do(world, "office_head", "sign", letter_id)
    signer = letters.read(world, letter_id).signer
    served = letters.deliveries(world, letter_id)
    for typed in (f"{letters.CODE}〔2026〕1号", "〔2026〕1号 督办函"):
        assert found(world, typed) == {letter_id, *served.values()}, typed
    assert found(world, f"{signer} 消防") == {letter_id}
    assert found(world, "凤城 消防隐患") == {served[world["fengcheng"]]}
    assert not faults(world)


def test_a_delivery_is_found_by_who_signed_for_it_and_follows_its_unit(world):
    served = letters.deliveries(world, letters.bring(world, "issued"))
    mine, other = served[world["fengcheng"]], served[world["beiliu"]]
    deliver(world, "office", "record_receipt", mine, acknowledged_by="门卫老李")
    assert found(world, "门卫老李") == {mine}
    with world.session_of("admin") as session:
        save_unit(session, world.hats["admin"], world["fengcheng"], version_of(world, world["fengcheng"]),
                  {"name": "凤凰新镇"}, world.day)
    assert found(world, "凤凰新镇") == {mine}
    with world.session_of("admin") as session:
        merge(session, world.hats["admin"], Organization, world["beiliu"], version_of(world, world["beiliu"]),
              world["fengcheng"], world.day)
    assert other not in found(world, "凤凰新镇")
    assert not faults(world)


@pytest.mark.parametrize("state", letters.ROADS)
def test_every_road_of_a_letter_leaves_all_texts_right(world, state):
    letters.bring(world, state)
    letters.bring(world, "closed")
    assert not faults(world)


def test_a_confidential_text_is_no_word_of_its_occasion(world):
    open_ = occasion(world, text="氨罐逐户排查")
    secret = occasion(world, text="氨罐秘密批示", confidential=True)
    for one in (open_, secret):
        with_occasion(world, "office", "answer", one, answer="冷库已停用")
    assert found(world, "氨罐") == found(world, "冷库") == {open_}
    assert found(world, "分管县领导") == found(world, "消防安全的批示") == {open_, secret}
    assert not faults(world)


def test_a_transaction_that_fails_leaves_the_text_as_it_was(world):
    hazard_id = world.hazard(description="没有改动")
    with pytest.raises(RuntimeError), world.system() as session, unit_of_work(session):
        session.get(Hazard, hazard_id).description = "写了一半"
        texts.keep(session)
        raise RuntimeError
    assert found(world, "没有改动") == {hazard_id} and found(world, "写了一半") == set()
    assert not faults(world)


def test_what_one_transaction_touched_is_no_matter_of_the_next(world):
    hazard_id = world.hazard()
    with world.system() as session:
        with pytest.raises(RuntimeError), unit_of_work(session):
            session.get(Hazard, hazard_id).place = "别处"
            session.flush()
            raise RuntimeError
        with unit_of_work(session):
            assert "touched" not in session.info


ODD = ("100%达标", "a_b", "quote'd \"x\"", "C:\\temp", "NEAR(消防 AND)", "*号", "-5℃", "２号ＡＢＣ", "㎡面积", "甲\n乙",
       "𠮷家", "“引号”", "OR 1=1", "(括号)", "末")


def test_every_character_stands_for_itself(world):
    """Wildcards, quotes, the index's own operators, full-width forms, characters beyond the first plane."""
    ids = {words: world.hazard(description=f"描述{words}") for words in ODD}
    for words, hazard_id in ids.items():
        assert hazard_id in found(world, words), words
        like = {i for other, i in ids.items() if all(piece in folded(f"描述{other}") for piece in pieces(words))}
        assert found(world, words) & set(ids.values()) == like, words
    for nothing in ("%", "_", "a%b", "\\", "'", "消防 OR 氨罐", "描述*", '描述"', "NEAR(描述", "描述 NOT 甲"):
        assert found(world, nothing) & set(ids.values()) == {
            i for other, i in ids.items() if all(piece in folded(f"描述{other}") for piece in pieces(nothing))}, nothing
    assert not faults(world)


@given(st.text(alphabet="消防通道氨罐A1- ，%_'\n", max_size=30), st.text(alphabet="消防通道氨罐a1- ，%_'", max_size=5))
def test_the_index_never_misses(text, typed):
    """A text that has every piece has every gram that the index is asked for."""
    plain, words = folded(text), pieces(typed)
    whole, beginnings = asked(words)
    if all(word in plain for word in words):
        assert whole <= grams(plain) and all(any(g.startswith(b) for g in grams(plain)) for b in beginnings)


def test_what_is_typed_has_an_end():
    assert len(pieces("消防 " * 1000)) == 1 and len(" ".join(pieces("消防" * 1000))) == 60
    assert len(pieces(" ".join(chr(0x4E00 + i) for i in range(100)))) == 8
    assert pieces("a\x00b　消防\t") == ("A", "B", "消防") and pieces(" \n") == ()


def test_a_planted_fault_is_told_and_cured(world):
    number = world.read(world.hazard(description="氨罐泄漏")).number
    run = world.app.test_cli_runner().invoke
    with world.system() as session, unit_of_work(session):
        session.execute(sa.update(TEXTS).values(text="别的文字"))
    told = run(args=["check"])
    assert told.exit_code == 1 and number in told.output and "flask reindex" in told.output
    assert run(args=["reindex"]).exit_code == 0
    assert run(args=["check"]).exit_code == 0 and len(found(world, "氨罐")) == 1
    with world.system() as session, unit_of_work(session):
        session.execute(sa.delete(TEXTS))
    assert run(args=["check"]).exit_code == 1
    run(args=["reindex"])
    assert run(args=["check"]).exit_code == 0 and not faults(world)


def test_the_index_made_anew_is_the_one_that_was(world):
    """With statistics the planner would read the table for a common word (0023)."""
    about = {
        "postgresql": "SELECT pg_get_indexdef(attrelid), attstattarget FROM pg_attribute "
                      "WHERE attrelid = 'case_grams'::regclass",
        "sqlite": "SELECT sql, 0 FROM sqlite_master WHERE name = 'case_grams'",
    }
    with world.system() as session:
        asked = sa.text(about[session.get_bind().dialect.name])
        before = session.execute(asked).all()
        with unit_of_work(session):
            texts.rebuild(session)
        assert session.execute(asked).all() == before and before[0][1] == 0


@pytest.mark.one_database
def test_an_index_that_lost_its_words_is_told_and_cured(world):
    number = world.read(world.hazard()).number
    with world.system() as session, unit_of_work(session):
        session.execute(sa.text("INSERT INTO case_grams(case_grams) VALUES ('delete-all')"))
    run = world.app.test_cli_runner().invoke
    told = run(args=["check"])
    assert told.exit_code == 1 and number in told.output and "flask reindex" in told.output
    run(args=["reindex"])
    assert run(args=["check"]).exit_code == 0


def test_an_enterprise_without_hazards_costs_nothing(world, statements):
    with statements() as seen, world.system() as session, unit_of_work(session):
        session.add(Enterprise(kind="enterprise", county_id=world.county.id, name="还没有隐患",
                               territory_id=world["fengcheng"]))
    assert not [one for one in seen if "case_texts" in one]
