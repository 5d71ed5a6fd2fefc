"""Drafts have no number yet; a file that holds them still changes nothing."""

import pytest

from tests.hazards.ledgers import edit, exported, planned, take_in

pytestmark = pytest.mark.clause("1.2.4")
NOTHING = {"new": 0, "changed": 0, "unchanged": 2}


def counted(plan) -> dict:
    return {key: plan.counts()[key] for key in NOTHING}


def test_a_draft_comes_back_as_itself(world, tmp_path):
    world.hazard("yingji")
    world.hazard("yingji", issue=False, description="行车限位失灵")
    path = exported(world, "yingji", tmp_path / "ledger.xlsx")
    assert counted(planned(world, "yingji", path)) == NOTHING
    take_in(world, "yingji", path)
    assert counted(planned(world, "yingji", exported(world, "yingji", path))) == NOTHING


def test_a_colleagues_draft_is_nothing_to_compare_with(world, tmp_path):
    world.hazard("yingji", issue=False, description="行车限位失灵")
    path = exported(world, "yingji", tmp_path / "ledger.xlsx")
    assert planned(world, "fengcheng", path).counts()["unchanged"] == 0


def test_what_differs_in_a_draft_is_told(world, tmp_path):
    """A draft is changed in its own form; the import neither doubles it nor writes into it."""
    world.hazard("yingji", issue=False, description="行车限位失灵")
    path = edit(exported(world, "yingji", tmp_path / "ledger.xlsx"), measures="停用")
    plan = planned(world, "yingji", path)
    assert plan.counts()["new"] == 0
    assert plan.errors()
