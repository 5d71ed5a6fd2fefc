"""What a person keeps of a list is hers alone, is what the list understood, and stays when it is removed."""

import contextlib
import json
import re
from urllib.parse import urlencode

import pytest

from app.casework.errors import Obstacle
from app.casework.kept import save_filter
from tests.casework.support import in_processes, rows

DUE_SOON = "/hazards/?due=soon&sort=-due"


def save(visitor, name: str, query: str = "due=soon", path: str = "/hazards/", **more):
    return visitor.send(f"{path}filters/save?{query}", {"name": name, **more})


def kept(world, what: str = "name") -> list:
    return [row[0] for row in rows(world, f"SELECT {what} FROM saved_filters ORDER BY id")]


def test_a_saved_filter_is_an_address_and_opens_the_list(world, enter):
    clerk = enter("yingji")
    assert save(clerk, "快到期", "due=soon&sort=-due&size=50&page=7&after=3&nonsense=1", opens="y").status_code == 302
    opened = clerk.get("/hazards/")
    assert opened.status_code == 302
    assert opened.headers["Location"] == "/hazards/?due=soon&sort=-due&size=50"
    page = clerk.get(opened.headers["Location"]).text
    assert re.search(r'class="kept-one"[^>]*aria-current="true">快到期', page)
    assert 'name="state" value="all"' in page  # searching for nothing shows all, and not this one again
    assert clerk.get("/hazards/?state=all").status_code == 200
    assert clerk.get("/tasks/").status_code == clerk.get("/tasks/shares/").status_code == 200  # each list its own
    save(clerk, "逾期", "due=over", opens="y")
    assert clerk.get("/hazards/").headers["Location"] == "/hazards/?due=over"  # one at most opens it


def test_a_phone_tells_how_many_filters_are_set(world, enter):
    """The keyword stands in sight; what is folded away is counted and can be cleared."""
    clerk = enter("yingji")
    for query, said in (("due=over&level=general&q=甲乙", "筛选 <b>2</b></label>"), ("q=甲乙", "筛选</label>")):
        page = clerk.get(f"/hazards/?{query}").text
        assert said in page and ('class="btn btn-link more"' in page) is ("<b>" not in said)


def test_nobody_else_finds_it(world, enter):
    save(enter("yingji"), "甲乙丙", opens="y")
    (mine,) = kept(world, "id")
    for other in ("yingji_head", "office", "office_head", "other_yingji", "firm", "leader"):
        visitor = enter(other)
        assert visitor.get("/hazards/").status_code == 200 and "甲乙丙" not in visitor.get("/hazards/?due=soon").text
        assert visitor.get(f"/hazards/filters/{mine}").status_code == 404
        assert visitor.send(f"/hazards/filters/{mine}", {"name": "他的"}).status_code == 404
        assert visitor.send(f"/hazards/filters/{mine}", {"remove": "1"}).status_code == 404
    assert enter("yingji").get(f"/tasks/filters/{mine}").status_code == 404  # nor in another list
    assert kept(world) == ["甲乙丙"] and kept(world, "ended_at") == [None]


def test_it_is_renamed_and_removed_and_the_row_stays(world, enter):
    clerk = enter("yingji")
    save(clerk, "一", opens="y")
    save(clerk, "二", "due=over")
    first, second = kept(world, "id")
    taken = clerk.send(f"/hazards/filters/{second}", {"name": "一"})
    assert taken.status_code == 422 and "您已有一个同名的筛选" in taken.text
    assert clerk.send(f"/hazards/filters/{second}", {"name": "三", "opens": "y"}).status_code == 302
    assert clerk.get("/hazards/").headers["Location"].endswith("due=over")
    assert clerk.send(f"/hazards/filters/{first}", {"remove": "1"}).status_code == 302
    assert clerk.get(f"/hazards/filters/{first}").status_code == 404
    assert kept(world) == ["一", "三"]
    assert save(clerk, "一").status_code == 302  # its name is free again


@pytest.mark.parametrize("name", ["<script>alert(1)</script>"[:20], "' OR 1=1--", "{{ g.hat }}", "😀" * 5])
def test_hostile_names_are_words(world, enter, name):
    clerk = enter("yingji")
    assert save(clerk, name).status_code == 302
    page = clerk.get(DUE_SOON).text
    assert "<script>alert" not in page and kept(world) == [name]


@pytest.mark.parametrize(("name", "told"), [("", "请填写"), ("   ", "请填写"), ("长" * 21, "20")])
def test_a_name_that_is_none_is_told_and_what_was_chosen_stays(world, enter, name, told):
    answer = save(enter("yingji"), name, opens="y")
    assert answer.status_code == 422 and told in answer.text and kept(world) == []
    assert re.search(r'name="opens"[^>]*checked|checked[^>]*name="opens"', answer.text)
    assert "due=soon" in answer.text  # and the address that is to be saved


@pytest.mark.parametrize("query", [
    "", "sort=password", "sort=id;drop", "sort=state_since", "state=nonsense", "due=never", "page=3", "size=20000",
    "level=" + "x" * 900, urlencode({"unit": "999999"}), "created_by.password=1",
])
def test_what_the_list_does_not_understand_is_not_saved(world, enter, query):
    answer = save(enter("yingji"), "空的", query)
    assert answer.status_code == 422 and "没有可保存的" in answer.text and kept(world) == []


def test_words_of_the_framework_never_come_into_an_address(world, enter):
    clerk = enter("yingji")
    assert save(clerk, "外", "due=soon&_external=1&_scheme=javascript&endpoint=x").status_code == 400
    assert save(clerk, "长", urlencode({"q": "字" * 1001})).status_code == 422
    save(clerk, "词", urlencode({"q": "&_external=1#<b>", "state": "rectifying"}))
    (query,) = kept(world, "query")
    assert (json.loads(query) if isinstance(query, str) else query) == {"q": "&_external=1#<b>", "state": "rectifying"}
    assert "&amp;_external" not in clerk.get("/hazards/?due=soon").text.replace("%26_external", "")


def test_a_person_has_so_many_of_a_list(world, enter):
    clerk = enter("yingji")
    for n in range(20):
        assert save(clerk, f"第{n}个").status_code == 302
    more = save(clerk, "再一个")
    assert more.status_code == 422 and "20 个筛选" in more.text and len(kept(world)) == 20
    assert save(clerk, "任务的", "due=over", "/tasks/").status_code == 302


def test_two_windows_at_once_keep_one_of_a_name(world):
    def window(_n):
        for n in range(4):
            with world.session_of("yingji") as session, contextlib.suppress(Obstacle):
                save_filter(session, world.hats["yingji"], "hazards", f"同名{n}", {"due": "over"}, True)

    faults = in_processes(world.app, 3, window)
    assert not faults, faults[0]
    assert sorted(kept(world)) == [f"同名{n}" for n in range(4)] and sum(map(bool, kept(world, "opens"))) == 1


def test_columns_are_her_own_and_only_those_that_may_be_chosen(world, enter):
    world.hazard(place="一号车间")
    clerk, shown = enter("yingji"), ["unit", "due", "state", "turn", "place", "password", "no"]
    answer = clerk.send("/hazards/columns?due=soon&sort=due", {"column": shown})
    assert answer.headers["Location"] == "/hazards/?due=soon&sort=due"
    page = clerk.get("/hazards/").text
    assert "一号车间" in page and 'class="c-src off-desk"' in page and 'class="c-unit"' in page
    assert "一号车间" not in enter("yingji_head").get("/hazards/").text
    clerk.send("/hazards/columns", {"usual": "1"})
    assert "off-desk" not in clerk.get("/hazards/").text


def test_an_enterprise_reads_no_source_that_is_hidden_from_it(world, enter):
    """A column that is chosen is masked like any other place."""
    world.hazard(source="enforcement")
    for who, word in (("yingji", "执法检查"), ("firm", "监督检查")):
        visitor = enter(who)
        visitor.send("/hazards/columns", {"column": ["unit", "src", "due", "state", "turn", "source"]})
        assert word in re.search(r"c-source nowrap\">([^<]*)", visitor.get("/hazards/").text)[1]


def test_sorting_goes_by_heads_only_and_keeps_tab_and_filter(world, enter):
    world.hazard()
    clerk = enter("yingji")
    page = clerk.get("/hazards/?state=rectifying&level=general&sort=-happened").text
    assert len(re.findall(r'aria-sort="descending"', page)) == 1
    assert "state=rectifying" in re.search(r'aria-sort="descending"><a class="sort" href="([^"]*)', page)[1]
    plain = clerk.get("/hazards/").text
    for hostile in ("password", "-", "due,id", "created_by.password", "state_since", "DUE", "' OR 1", "--due"):
        answer = clerk.get("/hazards/?" + urlencode({"sort": hostile}))
        assert answer.status_code == 200 and answer.text.count('aria-sort="descending"') == 1, hostile
        assert re.findall(r"/hazards/\d+", answer.text) == re.findall(r"/hazards/\d+", plain)
