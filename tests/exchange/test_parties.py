"""Units and people in one cell."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.exchange.names import NameIndex
from app.exchange.parties import UnitMention, format_parties, parse_parties
from tests.exchange.test_names import UNITS

INDEX = NameIndex(UNITS)


def read(text):
    found = parse_parties(text, INDEX.knows)
    return [(mention.unit_text, *mention.people) for mention in found.value]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("凤城镇 某某甲、某乙；县应急管理局：某丙", [("凤城镇", "某某甲", "某乙"), ("县应急管理局", "某丙")]),
        ("凤城镇", [("凤城镇",)]),
        ("凤城镇、北留镇", [("凤城镇",), ("北留镇",)]),
        ("凤城镇和北留镇", [("凤城镇",), ("北留镇",)]),
        ("凤城镇/应急局", [("凤城镇",), ("应急局",)]),
        ("凤城镇\n某甲\n某乙", [("凤城镇", "某甲", "某乙")]),
        ("凤城镇（某甲、某乙）", [("凤城镇", "某甲", "某乙")]),
        ("某甲（凤城镇）", [("凤城镇", "某甲")]),
        ("凤城镇：某甲；北留镇：某乙", [("凤城镇", "某甲"), ("北留镇", "某乙")]),
        ("凤城镇：某甲、北留镇：某乙", [("凤城镇", "某甲"), ("北留镇", "某乙")]),
        ("凤城镇 某甲、北留镇 某乙", [("凤城镇", "某甲"), ("北留镇", "某乙")]),
        ("凤城镇 张　某、李某某", [("凤城镇", "张某", "李某某")]),
        ("凤城镇某甲", [("凤城镇", "某甲")]),
        ("凤城镇镇长某甲", [("凤城镇", "镇长某甲")]),
        ("县 应急管理局 某甲", [("县应急管理局", "某甲")]),
        ("整改单位：锦绣丝织厂 责任人：某甲", [("锦绣丝织厂", "某甲")]),
        ("责任单位：锦绣丝织厂\n责任人：某甲、某乙", [("锦绣丝织厂", "某甲", "某乙")]),
        ("宏泰钢构（集团）有限公司 某甲", [("宏泰钢构（集团）有限公司", "某甲")]),
        ("应急局危化股 某甲", [("应急局危化股", "某甲")]),
        ("某甲 凤城镇", [("凤城镇", "某甲")]),
        ("凤城镇 某甲、凤城镇 某乙", [("凤城镇", "某甲", "某乙")]),
        ("凤城镇 某甲13900000000", [("凤城镇", "某甲13900000000")]),
        ("阳诚县锦绣丝织厂 某甲", [("阳诚县锦绣丝织厂", "某甲")]),
        ("鸿运来：某甲", [("鸿运来", "某甲")]),
        ("聚福饭庄凤城店", [("聚福饭庄凤城店",)]),
        ("凤城镇派出所 某甲", [("凤城镇派出所", "某甲")]),
        ("锦绣丝织厂 某甲 13900000000", [("锦绣丝织厂", "某甲13900000000")]),
        ("锦绣丝织厂\n责任人：某甲\n电话：0356-0000000", [("锦绣丝织厂", "某甲0356-0000000")]),
        ("锦绣丝织厂（某甲 13900000000）", [("锦绣丝织厂", "某甲13900000000")]),
        ("锦绣丝织厂 0356-0000000", [("锦绣丝织厂", "0356-0000000")]),
        ("锦绣丝织厂（法人：某甲）", [("锦绣丝织厂", "某甲")]),
        ("锦绣丝织厂 法定代表人：某甲", [("锦绣丝织厂", "某甲")]),
        ("锦绣丝织厂 安全员：某甲", [("锦绣丝织厂", "安全员某甲")]),
        ("锦绣丝织厂 厂长 某甲", [("锦绣丝织厂", "厂长某甲")]),
        ("锦绣丝织厂-某甲", [("锦绣丝织厂", "某甲")]),
        ("锦绣丝织厂 -", [("锦绣丝织厂",)]),
        ("1、锦绣丝织厂；2、凤城镇", [("锦绣丝织厂",), ("凤城镇",)]),
        ("①锦绣丝织厂 ②凤城镇", [("锦绣丝织厂",), ("凤城镇",)]),
        ("应急局牵头，凤城镇 配合", [("应急局",), ("凤城镇",)]),
        ("县政府", [("县政府",)]),
        ("某甲、某乙", [("", "某甲", "某乙")]),
        ("/", []),
        (None, []),
    ],
)
def test_units_and_people(text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("各乡镇", ["townships"]),
        ("各乡（镇）人民政府", ["townships"]),
        ("各成员单位", ["members"]),
        ("县安委会各成员单位", ["members"]),
        ("各乡（镇）、各部门", ["townships", "departments"]),
        ("各有关部门", ["unspecified"]),
        ("相关单位", ["unspecified"]),
        ("各企业", ["enterprises"]),
        ("凤城镇、各成员单位", [None, "members"]),
        ("锦绣丝织厂等3家企业", [None, "unspecified"]),
        ("凤城镇、锦绣丝织厂等", [None, None, "unspecified"]),
    ],
)
def test_group_names(text, groups):
    assert [mention.group for mention in parse_parties(text, INDEX.knows).value] == groups


def test_what_was_assumed_is_shown():
    assert parse_parties("凤城镇某甲", INDEX.knows).note.render() == "Read as 凤城镇 某甲."
    assert parse_parties("凤城镇 某甲", INDEX.knows).certain
    alone = parse_parties("某甲", INDEX.knows)
    assert not alone.certain and "某甲" in alone.note.render()


def test_a_story_is_no_party():
    assert parse_parties("某" * 3000, INDEX.knows).problem


NAMES = st.text("某甲乙丙丁戊", min_size=2, max_size=3)
UNIT_NAMES = st.sampled_from([name for id_, name, _, _ in UNITS if id_ != 25])
MENTIONS = st.lists(st.builds(UnitMention, UNIT_NAMES, st.lists(NAMES, max_size=3, unique=True).map(tuple)), max_size=4)


@settings(max_examples=200, deadline=None, database=None)
@given(MENTIONS.map(lambda found: tuple({mention.unit_text: mention for mention in found}.values())))
def test_what_is_printed_is_read_back(mentions):
    assert parse_parties(format_parties(mentions), INDEX.knows).value == mentions


@settings(max_examples=300, deadline=None, database=None)
@given(st.text("凤城镇北留某甲乙 、；：:()（）\n和局各乡厂。,", max_size=40))
def test_nothing_breaks_it_and_nothing_is_lost(text):
    found = parse_parties(text, INDEX.knows)
    words = "".join(m.unit_text + "".join(m.people) for m in found.value or ())
    assert {c for c in text if c in "凤城镇北留甲乙局厂"} <= set(words)
