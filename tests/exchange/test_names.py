"""Which unit is meant; when in doubt nobody is guessed."""

import pytest

from app.exchange.names import NameIndex

UNITS = [
    (1, "凤城镇", ["凤城镇安监站旧称"], "township"),
    (2, "北留镇", [], "township"),
    (3, "阳城县应急管理局", ["县安监局"], "department"),
    (4, "阳城县住房和城乡建设局", [], "department"),
    (5, "阳城县市场监督管理局", [], "department"),
    (6, "阳城县安全生产委员会办公室", ["县安委办", "安委办"], "county_office"),
    (7, "阳城县教育局", [], "department"),
    (20, "阳城县锦绣丝织厂", [], "enterprise"),
    (21, "阳城县宏泰钢构（集团）有限公司", ["宏泰"], "enterprise"),
    (22, "顺达物流有限公司", [], "enterprise"),
    (23, "阳城县顺达物流有限责任公司", [], "enterprise"),
    (24, "福寿冷库", [], "enterprise"),
    (25, "福寿冷库", [], "enterprise"),
]


@pytest.fixture(scope="module")
def index():
    return NameIndex(UNITS)


@pytest.mark.parametrize(
    ("text", "id_", "how"),
    [
        ("凤城镇", 1, "exact"),
        (" 凤 城\n镇 ", 1, "exact"),
        ("凤城镇人民政府", 1, "normalised"),
        ("阳城县凤城镇", 1, "normalised"),
        ("凤城", 1, "shortened"),
        ("凤城镇安监站", 1, "room"),
        ("应急管理局", 3, "normalised"),
        ("县应急管理局", 3, "normalised"),
        ("应急局", 3, "shortened"),
        ("县应急局", 3, "shortened"),
        ("阳城县应急局危化股", 3, "room"),
        ("县安监局", 3, "alias"),
        ("住建局", 4, "shortened"),
        ("市监局", 5, "shortened"),
        ("安委办", 6, "alias"),
        ("锦绣丝织厂", 20, "normalised"),
        ("宏泰钢构(集团)有限公司", 21, "normalised"),
        ("宏泰钢构", 21, "normalised"),
        ("宏泰", 21, "alias"),
        ("顺达物流有限公司", 22, "exact"),
    ],
)
def test_known_in_every_way_of_saying_it(index, text, id_, how):
    assert index.lookup(text)[:2] == (id_, how)


def test_ambiguity_is_not_decided(index):
    for text, ids in (("福寿冷库", {24, 25}), ("顺达物流", {22, 23})):
        match = index.lookup(text)
        assert match.id is None and {candidate.id for candidate in match.candidates} == ids
        assert index.knows(text)
        assert {candidate.id for candidate in index.suggest(text)} == ids


@pytest.mark.parametrize("text", ["", "某甲", "教局长", "泽州县应急管理局二", "锦绣", "局", "镇"])
def test_unknown(index, text):
    assert index.lookup(text).id is None and not index.knows(text)


def test_the_nearest_are_suggested(index):
    assert index.suggest("阳诚县锦绣丝织厂")[0].id == 20
    assert index.suggest("凤诚镇")[0].id == 1
    assert index.suggest("完全无关的字") == []
    assert len(index.suggest("阳城县管理局", n=2)) <= 2


def test_twenty_thousand_enterprises_are_searched_only_for_what_failed(monkeypatch):
    index = NameIndex((number, f"阳城县第{number}号砖厂", [], "enterprise") for number in range(20_000))
    calls = []
    monkeypatch.setattr("app.exchange.names.process.extract", lambda *args, **kwargs: calls.append(args) or [])
    assert all(index.lookup(f"第{number}号砖厂").id == number for number in range(20_000))
    assert not calls
    index.suggest("第１９９９９号砖")
    assert 1 <= len(calls) <= 2
