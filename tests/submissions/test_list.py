"""The months as a list like every other: tabs with counts, filters, orders, columns, many chased at once; and each
number of a month of the county opens the rows that it counts.
"""

import datetime as dt
import html
import re

import pytest

from app.submissions.states import SubmissionState as S
from tests.support.submission_factories import do, month_of, on, open_all, read
from tests.tasks.test_road import retire

ROW = re.compile(r'<a class="what clip" href="/submissions/(\d+)"')
FIGURE = re.compile(r'<a href="([^"]+)"[^>]*><b>(\d+)</b>([^<]+)</a>')
TAB = re.compile(r'<a href="[^"]*"(?: aria-current="true")?>([^<]+)<span class="n">(\d+)</span></a>')
WANTED = {"已逾期", "未报", "已报待审核", "已审", "零报告", "迟报", "免报", "应报台账"}


def page_of(world, who: str, path: str) -> str:
    answer = world.as_(who).get(path)
    assert answer.status_code == 200, (who, path, answer.status_code)
    return answer.text


def rows(page: str) -> list[int]:
    return [int(i) for i in ROW.findall(page)]


@pytest.fixture
def months(world):
    """February, of which nobody has submitted much, and March in every state: handed in in time, late and with
    nothing, returned, excused, owed; one of its units is there no more.
    """
    on(world, "03-20").hazard(happened_on=dt.date(2026, 3, 10))
    open_all(on(world, "03-03"))
    for unit in ("yingji", "zhujian"):
        for ledger in ("hazards", "tasks"):
            do(world, unit, "nil_return", month_of(world, unit, "2026-02", ledger))
    open_all(on(world, "04-02"))
    march = {f"{unit} {ledger}": month_of(world, unit, "2026-03", ledger)
             for unit in ("yingji", "zhujian", "fengcheng", "beiliu") for ledger in ("hazards", "tasks")}
    do(world, "yingji", "submit", march["yingji hazards"])
    do(world, "yingji_head", "approve", march["yingji hazards"])
    do(world, "yingji", "nil_return", march["yingji tasks"])
    do(world, "office", "excuse", march["beiliu tasks"])
    do(world, "zhujian", "nil_return", march["zhujian tasks"])
    do(world, "zhujian_head", "return", march["zhujian tasks"])
    on(world, "04-20")
    do(world, "zhujian", "submit", march["zhujian hazards"])
    return march


@pytest.mark.parametrize("who", ["office", "office_head", "leader"])
def test_each_number_of_a_month_opens_the_rows_it_counts(world, months, who):
    """Of this month alone, those of a unit among them that is there no more."""
    retire(world, "beiliu")
    for path, month in (("/submissions/", "2026-03"), ("/submissions/overview?month=2026-02", "2026-02")):
        found = {title.strip(): (html.unescape(url), int(count))
                 for url, count, title in FIGURE.findall(page_of(world, who, path))}
        assert found.keys() == WANTED if month == "2026-03" else found.keys() < WANTED
        for title, (url, count) in found.items():
            assert f"month={month}" in url
            assert len(rows(page_of(world, who, f"{url}&size=100"))) == count, (month, title, url)
        if month == "2026-03":
            assert all(count for _url, count in found.values()), found


def test_the_overview_says_since_when_each_has_owed_it(world, months):
    page = page_of(world, "office", "/submissions/")
    assert page.count("4月7日到期，逾期13天未报") == 4
    on(world, "04-06")
    page = page_of(world, "office", "/submissions/")
    assert page.count("4月1日起应报，4月7日到期") == 3 and page.count("4月2日退回，4月7日到期") == 1


def test_tabs_count_what_the_filters_leave(world, months):
    tabs = dict(TAB.findall(page_of(world, "office", "/submissions/?month=2026-03")))
    assert tabs == {"全部": "8", "未报": "3", "已报待审核": "2", "退回": "1", "已审": "1", "免报": "1"}
    hazards = page_of(world, "office", "/submissions/?month=2026-03&ledger=hazards&state=owed")
    assert dict(TAB.findall(hazards))["全部"] == "4"
    assert sorted(rows(hazards)) == sorted(months[f"{unit} hazards"] for unit in ("fengcheng", "beiliu"))
    unit = page_of(world, "office", f"/submissions/?unit={world['yingji']}")
    assert len(rows(unit)) == 4 and dict(TAB.findall(unit))["全部"] == "4"
    own = page_of(world, "yingji", "/submissions/")
    assert len(rows(own)) == 4 and 'name="unit"' not in own and '<th class="c-unit"' not in own
    assert rows(page_of(world, "office", "/submissions/?month=2031-01")) == []
    assert len(rows(page_of(world, "office", "/submissions/?month=nonsense"))) == 16


def test_old_addresses_open_what_they_did(world, months):
    """`show=` of the workbench: all months; by due day."""
    wanting, over = (rows(page_of(world, "office", f"/submissions/?show={show}")) for show in ("wanting", "over"))
    assert wanting == over and len(wanting) == 8
    days = [read(world, one).due for one in wanting]
    assert days == sorted(days) and days[0] < days[-1]


@pytest.mark.parametrize("who", ["office", "fengcheng"])
def test_it_is_sorted_and_its_columns_are_chosen(world, months, who):
    for sort, key in (("number", "id"), ("due", "due"), ("happened", "happened_on")):
        up, down = (rows(page_of(world, who, f"/submissions/?sort={sign}{sort}")) for sign in ("", "-"))
        days = [getattr(read(world, one), key) for one in up]
        assert days == sorted(days) and up == down[::-1] and len(up) > 3
    visitor = world.as_(who)
    sent = visitor.send("/submissions/columns", {"column": ["due", "state", "chased", "since"]})
    assert sent.headers["Location"] == "/submissions/?state=all"  # the list, not the county's first page
    chosen = page_of(world, who, "/submissions/?state=all")
    assert 'class="extra c-since' in chosen and 'class="extra c-chased' in chosen and "c-src off-desk" in chosen
    assert 'id="keys-words"' in chosen and "data-keys" in chosen


def test_the_first_page_is_still_the_list(world, months):
    for month in ("05", "06", "07"):
        open_all(on(world, f"{month}-02"))
    second = page_of(world, "office", "/submissions/?page=2")
    back = html.unescape(re.search(r'<a href="([^"]*)">上一页</a>', second)[1])
    assert rows(second) and len(rows(page_of(world, "office", back))) == 25


def test_many_are_chased_at_once(world, months):
    """One form for those that were ticked; what cannot be chased is told, and the list comes back as it was asked."""
    office, query = world.as_("office"), "month=2026-03&show=wanting"
    listed = page_of(world, "office", f"/submissions/?{query}")
    assert 'formaction="/submissions/bulk/chase"' in listed and 'name="rowid"' in listed
    chosen = [months["fengcheng hazards"], months["beiliu hazards"], months["yingji hazards"]]
    asked = office.send("/submissions/bulk/chase", {"rowid": chosen},
                        headers={"Referer": f"http://localhost/submissions/?{query}"}).text
    assert "凤城镇" in asked and "month=2026-03&amp;show=wanting" in asked
    told = office.send("/submissions/bulk/chase", {"rowid": chosen, "confirmed": "1", "list_query": query}).text
    assert [read(world, one).chases for one in chosen] == [1, 1, 0]
    assert f'href="/submissions/?{query}' in html.unescape(told) and "应急管理局" in told
    for who in ("yingji", "yingji_head", "leader"):
        assert "/bulk/" not in page_of(world, who, "/submissions/?state=all")
        world.as_(who).send("/submissions/bulk/chase", {"rowid": chosen, "confirmed": "1"})
    assert [read(world, one).chases for one in chosen] == [1, 1, 0]


def test_many_are_excused_with_one_reason(world, months):
    chosen = [months["fengcheng hazards"], months["fengcheng tasks"]]
    world.as_("office").send("/submissions/bulk/excuse", {"rowid": chosen, "confirmed": "1"})
    assert {read(world, one).state for one in chosen} == {S.OWED}  # no reason given
    world.as_("office").send("/submissions/bulk/excuse", {"rowid": chosen, "confirmed": "1", "comment": "机构撤并"})
    assert {read(world, one).state for one in chosen} == {S.EXCUSED}


def test_the_county_is_one_click_from_the_list_and_back(world, months):
    assert 'href="/submissions/?month=2026-03"' in page_of(world, "office", "/submissions/")
    assert 'href="/submissions/overview?month=2026-02"' in page_of(world, "office", "/submissions/?month=2026-02")
    answer = world.as_("yingji").get("/submissions/overview?month=2026-03")
    assert answer.headers["Location"] == "/submissions/?month=2026-03"
    assert "2026年3月" in page_of(world, "leader", "/submissions/overview?month=nonsense")
