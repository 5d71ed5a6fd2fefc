"""Search over all ledgers: what is found, in which order, and by whom (issue 4 §2)."""

import re

import pytest

from app.search import queries
from app.search.marks import around, marked, spans
from tests.support import letter_factories as letters
from tests.support import task_factories as tasks
from tests.support.factories import OTHER
from tests.support.occasion_factories import occasion
from tests.support.submission_factories import open_all

GROUP = re.compile(r'<h2 id="found-[^"]*">([^<]*)</h2>')


def found(world, who: str, typed: str):
    answer = world.as_(who).get("/search/", query_string={"q": typed})
    assert answer.status_code == 200
    return answer.text


def groups(world, who: str, typed: str) -> list[str]:
    return GROUP.findall(found(world, who, typed))


@pytest.fixture
def filled(world):
    """A word in every ledger."""
    world.hazard_id = world.hazard(description="凤城消防通道被堵", inspectors="王检查")
    world.task_id = tasks.task(world, content="凤城消防专项整治")
    open_all(world)
    world.letter_id = letters.bring(world, "issued", title="关于凤城消防隐患的督办函")
    world.occasion_id = occasion(world, "yingji", title="关于凤城消防的批示")
    return world


def test_ledgers_stand_in_the_menus_order_then_units_and_people(filled):
    assert groups(filled, "office_head", "凤城") == [
        "重点工作任务清单", "任务分解与填报", "问题隐患整改清单", "台账报送", "函件", "函件送达与签收",
        "情形记录", "单位、企业"]
    assert groups(filled, "office_head", "office的人") == ["人员与岗位"]
    assert groups(filled, "office", "office的人") == [], "the directory of people is for those who keep it"


def test_a_hit_tells_what_a_clerk_asks_first(filled):
    number = filled.read(filled.hazard_id).number
    page = found(filled, "yingji", number[3:])
    assert f"<mark>{number[3:]}</mark>" in page and f"/hazards/{filled.hazard_id}" in page
    for words in ("凤城消防通道被堵", "试验铸造厂", "待整改", "10天后到期", "全部 1 条", "/hazards/?q="):
        assert words in page, words
    assert "<mark>王检查</mark>" in found(filled, "yingji", "王检查"), "what is not in the title is shown beside it"


def test_all_of_a_ledger_is_its_list(filled):
    for n in range(queries.SHOWN + 3):
        filled.hazard(description=f"第{n}处消防栓无水")
    page = found(filled, "office", "消防栓")
    assert page.count("<mark>消防栓</mark>") == queries.SHOWN and "全部 8 条" in page
    url = re.search(r'href="(/hazards/\?q=[^"]*)"', page)[1].replace("&amp;", "&")
    assert filled.as_("office").get(url).text.count("处消防栓无水</a>") == 8
    rows = filled.as_("office").get("/submissions/?q=凤城").text
    assert "BS-2026" in rows and "北留镇" not in rows
    assert filled.as_("office").get("/submissions/?q=没有").status_code == 200


@pytest.mark.parametrize("typed", ["消防", "通道被堵", "凤城消防 王检查", "YH-2026"])
@pytest.mark.parametrize("who", ["beiliu", "firm3", OTHER + "office", OTHER + "firm", OTHER + "leader"])
def test_what_is_not_in_scope_is_not_found(filled, who, typed):
    assert f"/hazards/{filled.hazard_id}" not in found(filled, who, typed)
    assert f"/hazards/{filled.hazard_id}" not in filled.as_(who).get("/hazards/", query_string={"q": typed}).text


def test_a_draft_is_found_by_who_files_it_only(world):
    world.hazard(description="草稿里的氨罐", issue=False)
    assert "草稿里的" in found(world, "yingji", "氨罐")
    for who in ("office", "leader", "firm", "fengcheng"):
        assert "草稿里的" not in found(world, who, "氨罐"), who


def test_a_masked_source_cannot_be_searched_for(world):
    world.hazard(source="tipoff", description="仓库违规存放")
    for typed in ("举报", "tipoff", "监督检查"):
        for who in ("firm", "office"):
            assert "违规存放" not in found(world, who, typed)
            assert "违规存放" not in world.as_(who).get(f"/hazards/?q={typed}").text


def test_persons_of_another_units_share_are_not_found(world):
    task_id = tasks.task(world, units=(), planned=[
        tasks.plan(world["fengcheng"], heads="赵镇长"), tasks.plan(world["beiliu"], heads="钱镇长")])
    own, other = tasks.share(world, task_id, "fengcheng"), tasks.share(world, task_id, "beiliu")
    assert f"/tasks/shares/{own}" in found(world, "fengcheng", "赵镇长")
    assert groups(world, "fengcheng", "钱镇长") == [] and f"/tasks/shares/{other}" in found(world, "office", "钱镇长")


@pytest.mark.parametrize("typed", [
    "阳安办函〔2026〕1号", "〔2026〕1号", "消防隐患", "督办函 凤城", "[2026]1号", "阳安办函（2026）1号", "【2026】1号",
])
def test_a_letter_is_found_by_number_and_words_where_it_was_sent(filled, typed):
    sent = letters.deliveries(filled, filled.letter_id)
    own, other = sent[filled["fengcheng"]], sent[filled["beiliu"]]
    for who in ("office", "leader"):
        page = found(filled, who, typed)
        assert f'"/letters/{filled.letter_id}"' in page and f'"/deliveries/{own}"' in page, who
    page = found(filled, "fengcheng", typed)
    assert f'"/letters/{filled.letter_id}"' in page and f'"/deliveries/{own}"' in page
    assert f'"/deliveries/{other}"' not in page
    for who in ("yingji", "firm", OTHER + "office", OTHER + "fengcheng"):
        for page in (found(filled, who, typed), filled.as_(who).get("/letters/", query_string={"q": typed}).text,
                     filled.as_(who).get("/deliveries/", query_string={"q": typed, "part": "all"}).text):
            assert f'"/letters/{filled.letter_id}"' not in page and f'"/deliveries/{own}"' not in page, who


def test_who_signed_a_letter_is_found_and_who_drafted_it_is_not(filled):
    assert "函件" in groups(filled, "fengcheng", letters.read(filled, filled.letter_id).signer)
    assert "函件" not in groups(filled, "fengcheng", filled.hats["office"].user_name)


def test_all_found_letters_are_the_lists(filled):
    """Also of a unit that sent them: by itself the list opens with what was received."""
    sent = letters.bring(filled, "checking", "yingji", ("fengcheng", "beiliu"), title="关于冷库的提醒函")
    letters.do(filled, "yingji_head", "sign", sent, issuer_code="阳应急函")
    page = found(filled, "yingji", "冷库")
    for path, rows in (("letters", 1), ("deliveries", 2)):
        url = re.search(rf'href="(/{path}/\?q=[^"]*)"', page)[1].replace("&amp;", "&")
        assert filled.as_("yingji").get(url).text.count("关于冷库的提醒函</a>") == rows


@pytest.mark.parametrize("who", ["yingji", "office", "leader", "fengcheng", OTHER + "office"])
def test_a_confidential_text_leads_nobody_to_its_occasion(world, who):
    occasion(world, "yingji", text="秘密排查氨罐", confidential=True)
    for typed in ("氨罐", "秘密排查", "批示 氨罐"):
        assert groups(world, who, typed) == []
        assert "县领导关于" not in world.as_(who).get("/occasions/", query_string={"q": typed}).text
    assert groups(world, who, "消防安全的批示") == (["情形记录"] if who in ("yingji", "office", "leader") else [])


def test_an_enterprise_finds_its_own_name_and_no_other(world):
    assert "试验铸造厂" in found(world, "firm", "铸造")
    for typed in ("镇", "住建", "凤城"):
        assert groups(world, "firm", typed) == []


@pytest.mark.parametrize("typed", ["", "  ", "%", "_", "'", '"', "\\", "*", "NEAR(a b)", "消防 OR 1=1", "：",
                                   "<b>x</b>", "消" * 5000, "消 " * 500, "ＹＨ", "😀", "AND", "( )"])
def test_whatever_is_typed_is_answered(filled, typed):
    page = found(filled, "office", typed)
    assert "<b>x</b>" not in page
    for path in ("/hazards/", "/tasks/", "/tasks/shares/", "/submissions/", "/letters/", "/deliveries/", "/occasions/"):
        assert filled.as_("office").get(path, query_string={"q": typed}).status_code == 200, path


def test_one_character_is_a_word_too(filled):
    assert "问题隐患整改清单" in groups(filled, "office", "堵")
    assert groups(filled, "office", "氨") == []


def test_the_box_stands_where_the_page_can_be_opened(filled):
    assert 'id="find"' in filled.as_("firm").get("/hazards/").text
    for who in ("auditor", "admin"):
        assert 'id="find"' not in filled.as_(who).get("/own-password/").text
        assert filled.as_(who).get("/search/?q=消防").status_code in (302, 403)


def test_the_page_costs_the_same_with_few_and_with_many(filled, statements):
    def cost(who: str) -> int:
        found(filled, who, "消防")
        with statements() as seen:
            found(filled, who, "消防")
        return len(seen)

    tasks.task(filled, content="消防演练", units=("fengcheng", "beiliu", "yingji"))
    before = {who: cost(who) for who in ("office_head", "yingji", "firm")}
    for n in range(30):
        filled.hazard(description=f"第{n}处消防栓无水")
    tasks.task(filled, content="消防器材检查", units=("fengcheng", "beiliu", "yingji"))
    after = {who: cost(who) for who in before}
    assert after == before and max(after.values()) <= 15, "and one more where a ledger is too long to be looked through"


def test_marks_stand_on_the_words_as_they_are_written():
    assert marked("ＹＨ－１２ <b>㎡", ("YH-12", "M2")) == "<mark>ＹＨ－１２</mark> &lt;b&gt;<mark>㎡</mark>"
    assert spans("消防消防", ("消防", "防消")) == [(0, 4)] and spans("", ("消",)) == []
    assert around("甲\n" + "乙" * 50 + "消防" + "丙" * 90, ("消防",)).startswith("…") and around("甲", ("乙",)) == ""
