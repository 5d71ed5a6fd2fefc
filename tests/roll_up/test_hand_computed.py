"""A small county counted by hand: a cut-off in mid-month, late entries, cancelled and reopened cases, nothing to
divide by; and every figure opens exactly the rows that it counts.

The months end on the 25th. Found (检查) / known (登记) / what became of it:

  A  凤城 03-05 /03-06  general  passed 03-20
  B  凤城 03-10 /03-11  general  open
  C  凤城 03-26 /03-26  general  open                      → April: the cut-off lies between
  D  凤城 03-12 /04-03  general  claimed, passed 04-05     → April: recorded after the bureau's freeze of 03-30
  E  北留 03-15 /03-16  major, listed, 8 (万元)  open; zero closed of one
  F  北留 03-18 /03-18  general  cancelled 04-10           → stands in March, no more in April
  G  凤城 02-20 /02-21  general  passed 03-01, reopened 04-08 → closed in March, open in April
  H  凤城 03-20 /03-21  general  subject gone 03-24        → found, but nothing to divide by
  I  凤城 03-22 /03-23  general  passed 03-24, recorded 04-02, after the freeze → open in March, closed in April
  J  凤城 03-21 /03-21  draft    → never counted
  B and E again: on 04-20 B is raised to major and listed, its funds are put at 5; E is no longer major → in March as
  they were printed, from April on as they are
"""

import datetime as dt
import io
import re

import openpyxl
import pytest

from app.roll_up.figures import COLUMNS, FIGURES, Counted, Span
from tests.support.submission_factories import do, month_of, on, open_all, set_to

D = dt.date.fromisoformat
BEILIU = ("firm2", "beiliu")


def found(world, known: str, happened: str, by: str = "yingji", firm: str = "firm", **more) -> int:
    on(world, known)
    return world.hazard(by, happened_on=D(f"2026-{happened}"), due=D("2026-06-30"), enterprise_id=world[firm],
                        rectifiers=[world[firm]], **more)


def passed(world, hazard_id: int, known: str, day: str) -> None:
    on(world, known)
    day = D(f"2026-{day}")
    world.do("firm", "claim", hazard_id, claimed_on=day)
    world.do("yingji", "pass_recheck", hazard_id, rechecked_on=day)


@pytest.fixture
def county(world, recorded):
    """The table above, told day after day; the bureau froze March on the 30th."""
    set_to(world, "submission_cut_off_day", 25)
    g = found(world, "02-21", "02-20")
    passed(world, g, "03-01", "03-01")
    a = found(world, "03-06", "03-05")
    b = found(world, "03-11", "03-10")
    e = found(world, "03-16", "03-15", firm="firm2", level="major", criterion_note="第三条", funds=8)
    world.do("yingji_head", "decide_listing", e)
    f = found(world, "03-18", "03-18", firm="firm2")
    passed(world, a, "03-20", "03-20")
    found(world, "03-21", "03-21", issue=False)
    h = found(world, "03-21", "03-20")
    i = found(world, "03-23", "03-22")
    on(world, "03-24")
    world.do("yingji", "ask_gone", h)
    world.do("yingji_head", "approve_gone", h)
    found(world, "03-26", "03-26")
    on(world, "03-29")
    open_all(world)
    do(world, "yingji", "submit", month_of(on(world, "03-30"), "yingji", "2026-03"))
    passed(world, i, "04-02", "03-24")
    d = found(world, "04-03", "03-12")
    passed(world, d, "04-05", "04-05")
    on(world, "04-08")
    world.do("yingji", "reopen", g, found_on=D("2026-04-08"))
    on(world, "04-10")
    world.do("yingji", "ask_cancel", f)
    world.do("yingji_head", "approve_cancel", f)
    on(world, "04-20")
    world.do("yingji", "raise_level", b, criterion_note="第五条")
    world.do("yingji_head", "decide_listing", b)
    world.do("yingji", "correct", b, values={"funds": 5}, reason="漏填")
    world.do("yingji_head", "decide_listing", e, listing="not_listed")
    world.do("yingji", "ask_downgrade", e)
    world.do("yingji_head", "approve_downgrade", e)
    return on(world, "04-28")


# columns: general found/closed/rate, major found/closed/rate, listed, open, gone, funds
BY_HAND = {
    ("2026-03", "month", "合计"): (5, 1, "25.0%", 1, 0, "0.0%", 1, 4, 1, 8),  # A B F H I; A of A B F I; open B E F I
    ("2026-03", "year", "合计"): (6, 2, "40.0%", 1, 0, "0.0%", 1, 4, 1, 8),  # and G, closed
    ("2026-03", "month", "凤城镇"): (4, 1, "33.3%", 0, 0, "—", 0, 2, 1, 0),  # A B H I
    ("2026-03", "month", "北留镇"): (1, 0, "0.0%", 1, 0, "0.0%", 1, 2, 0, 8),  # F E
    ("2026-04", "month", "合计"): (2, 1, "50.0%", 0, 0, "—", 0, 1, 0, 0),  # C D
    # A C D E G H I, of which closed A D I; B; open B C E G
    ("2026-04", "year", "合计"): (7, 3, "50.0%", 1, 0, "0.0%", 1, 4, 1, 13),
    ("2026-04", "month", "北留镇"): (0, 0, "—", 0, 0, "—", 0, 0, 0, 0),
    ("2026-04", "year", "北留镇"): (1, 0, "0.0%", 0, 0, "—", 0, 1, 0, 8),  # E; F was cancelled
    ("2026-02", "month", "合计"): (1, 0, "0.0%", 0, 0, "—", 0, 1, 0, 0),  # G, open on 02-25
    ("2026-01", "year", "合计"): (0, 0, "—", 0, 0, "—", 0, 0, 0, 0),
}


def table(visitor, month: str, by: str = "township", **more) -> dict[str, list]:
    """The table as the screen shows it: `{line: [(text, address)] of the month, then of the year}`."""
    page = visitor.get("/roll_up/", query_string={"month": month, "by": by, **more}).get_data(as_text=True)
    body = page.split('class="table-box roll-up"', 1)[1].split("<tbody>")[1].split("</tbody>")[0]
    lines = {}
    for row in body.split("<tr")[1:]:
        name = re.search(r'<th scope="row">(.*?)</th>', row)[1]
        cells = re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)
        lines[name] = [(re.sub(r"<.*?>", "", cell).strip(), address(cell)) for cell in cells]
    return lines


def address(cell: str) -> str | None:
    link = re.search(r'href="(.*?)"', cell)
    return link[1].replace("&amp;", "&") if link else None


def rows_behind(visitor, address: str) -> int:
    """How many rows the list shows, page after page."""
    count, number = 0, 1
    while True:
        page = visitor.get(f"{address}&page={number}").get_data(as_text=True)
        shown = page.count('<td class="c-no nowrap">')
        count, number = count + shown, number + 1
        if shown < 50:
            return count


def told(texts: list[str]) -> tuple:
    """Blank is zero."""
    return tuple(text if "%" in text or text == "—" else int(float(text or 0)) for text in texts)


@pytest.mark.clause("1.3.2")
def test_the_county_as_counted_by_hand(county):
    visitor, width = county.as_("office"), len(COLUMNS)
    for (month, span, line), by_hand in BY_HAND.items():
        cells = [text for text, _address in table(visitor, month)[line]]
        shown = cells[:width] if span == Span.MONTH else cells[width:]
        assert told(shown) == by_hand, (month, span, line)


@pytest.mark.parametrize("who", ["office", "leader", "fengcheng", "zhujian", "yingji_head"])
def test_every_figure_opens_exactly_its_rows(county, who):
    visitor, seen = county.as_(who), 0
    for month in ("2026-03", "2026-04"):
        for by in ("industry", "township", "department"):
            for line, cells in table(visitor, month, by).items():
                for n, (text, link) in enumerate(cells):
                    assert (link is None) is (text in ("", "—")), (month, by, line, text)
                    if link is None:
                        continue
                    if COLUMNS[n % len(COLUMNS)] not in FIGURES:
                        assert rows_behind(visitor, link) > 0, (month, by, line, link)
                        continue
                    seen += 1
                    assert rows_behind(visitor, link) == int(text), (month, by, line, link)
    assert seen > 20


def test_a_rate_opens_what_it_divides_by_and_funds_what_cost_something(county):
    visitor = county.as_("office")
    cells = dict(zip(COLUMNS, table(visitor, "2026-03")["合计"], strict=False))
    behind = {name: rows_behind(visitor, cells[name][1]) for name in ("general_rate", "major_rate", "funds")}
    assert behind == {"general_rate": 4, "major_rate": 1, "funds": 1}, "A B F I; E; E"


def test_lines_add_up_to_the_total(county):
    visitor = county.as_("office")
    for by in ("industry", "township", "department"):
        lines = table(visitor, "2026-04", by)
        total = lines.pop("合计")
        for at, (text, _address) in enumerate(total):
            if "%" not in text and text != "—":
                assert float(text or 0) == sum(float(cells[at][0] or 0) for cells in lines.values())


@pytest.mark.clause("1.3.2")
def test_a_township_reads_its_own_and_its_enterprises(county):
    """凤城: of its territory; the county may ask for the same; another unit's figures are not told."""
    own = table(county.as_("fengcheng"), "2026-03")
    asked = table(county.as_("office"), "2026-03", township=county["fengcheng"])
    assert own["合计"][0][0] == asked["合计"][0][0] == "4"
    assert own["北留镇"][0][0] == ""
    beiliu = table(county.as_("beiliu"), "2026-03", township=county["fengcheng"])
    assert beiliu["合计"][0][0] == "1" and beiliu["凤城镇"][0][0] == ""


def test_another_county_counts_nothing_of_it(county):
    assert table(county.as_("other_office"), "2026-03")["合计"][0][0] == ""
    link = table(county.as_("office"), "2026-03")["合计"][0][1]
    assert rows_behind(county.as_("other_office"), link) == 0
    assert rows_behind(county.as_("beiliu"), link) == 1


def test_the_workbook_holds_numbers(county):
    answer = county.as_("office").get("/roll_up/export?month=2026-03&by=township")
    page = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    answer.close()
    (total,) = [row for row in page.iter_rows(values_only=True) if row[1] == "合计"]
    assert total[2:12] == (5, 1, "25.0%", 1, None, "0.0%", 1, 4, 1, 8)
    heads = list(page.iter_rows(min_row=3, max_row=4, values_only=True))
    assert "2026年3月" in heads[0] and "2026年1—3月累计" in heads[0]


@pytest.mark.parametrize("query", ["figure=none&span=month", "figure=open&span=week", "figure=open&span=month&key=x"])
def test_what_no_table_links_to_is_not_there(world, query):
    assert world.as_("office").get(f"/roll_up/rows?month=2026-03&{query}").status_code == 404


@pytest.mark.one_database
def test_a_rate_without_denominator_is_undefined():
    counted = Counted()
    assert counted.rate("major_rate") == "—"
    counted.add("major", "gone", False, 2, None)
    assert counted.rate("major_rate") == "—" and counted.of["gone"] == 2
    counted.add("major", "open", False, 1, None)
    assert counted.rate("major_rate") == "0.0%"
    for outcome in ("closed", "closed"):
        counted.add("major", outcome, False, 1, None)
    assert counted.rate("major_rate") == "66.7%"
    assert set(FIGURES) <= set(counted.of)
