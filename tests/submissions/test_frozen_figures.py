"""Each number of a frozen month opens the rows of the form that it counts, as they were frozen; none opens others."""

import datetime as dt
import html
import re

import sqlalchemy as sa

from app.casework.unit_of_work import unit_of_work
from app.submissions.models import Freeze
from tests.support.submission_factories import do, month_of, on, open_all

D = dt.date.fromisoformat
FIGURE = re.compile(r'<td><a href="([^"]*)"[^>]*>(\d+)</a></td>')


def april(world) -> int:
    """One hazard of March still open, two of March entered after it was frozen, one of them closed, one of April."""
    on(world, "03-20").hazard(happened_on=D("2026-03-10"), description="三月的")
    open_all(on(world, "04-02"))
    do(world, "yingji", "submit", month_of(world, "yingji", "2026-03"))
    _open, closed = [world.hazard(happened_on=D(f"2026-03-{n}"), description="补登的") for n in (15, 16)]
    world.do("firm", "claim", closed, claimed_on=D("2026-03-20"))
    world.do("yingji", "pass_recheck", closed, rechecked_on=D("2026-03-21"))
    on(world, "04-10").hazard(happened_on=D("2026-04-08"), description="四月的")
    open_all(on(world, "05-02"))
    return month_of(world, "yingji", "2026-04")


def figures(page: str) -> list[tuple[str, int]]:
    return [(html.unescape(url), int(count)) for url, count in FIGURE.findall(page)]


def printed(page: str) -> list[str]:
    sheet = re.search(r'<div class="table-box sheet frozen".*?<tbody>(.*?)</tbody>', page, re.S)
    return re.findall(r"<tr>.*?</tr>", sheet[1], re.S) if sheet else []


def test_each_number_opens_its_rows(world, recorded):
    submission_id = april(world)
    do(world, "yingji", "submit", submission_id)
    for who in ("yingji", "yingji_head", "office"):
        visitor = world.as_(who)
        found = figures(visitor.get(f"/submissions/{submission_id}").text)
        assert [count for _url, count in found] == [4, 3, 2, 1, 3]  # rows, new, late among them, ended, open
        for url, count in found:
            assert len(printed(visitor.get(url).text)) == count, url
    late, ended = (printed(visitor.get(found[n][0]).text) for n in (2, 3))
    assert all("补登的" in row for row in late) and set(ended) < set(late)


def test_a_number_of_an_earlier_freeze_opens_the_rows_of_that_freeze(world, recorded):
    """Returned, corrected, frozen anew: both are there, each with its own rows."""
    submission_id = april(world)
    do(world, "yingji", "submit", submission_id)
    do(world, "yingji_head", "return", submission_id)
    world.hazard(happened_on=D("2026-04-20"), description="退回后补的")
    do(world, "yingji", "submit", submission_id)
    visitor = world.as_("yingji")
    found = figures(visitor.get(f"/submissions/{submission_id}").text)
    assert [count for _url, count in found] == [5, 4, 2, 1, 4, 4, 3, 2, 1, 3]
    for url, count in found:
        rows = printed(visitor.get(url).text)
        assert len(rows) == count and ("freeze=2" in url or "退回后补的" not in "".join(rows)), url


def test_what_cannot_be_opened_exactly_is_no_link(world, recorded):
    """A freeze from before its rows were marked, the numbers of the year, an address that nobody gave."""
    submission_id = april(world)
    do(world, "yingji", "submit", submission_id)
    visitor, table = world.as_("yingji"), Freeze.__table__
    for query in ("of=nonsense", "of=month", "freeze=9", "freeze=x&of=late&of=rows"):
        page = visitor.get(f"/submissions/{submission_id}?{query}")
        assert page.status_code == 200 and len(printed(page.text)) in (2, 4), query
    with world.system() as session, unit_of_work(session):
        (kept,) = session.scalars(sa.select(table.c.figures).where(table.c.case_id == submission_id))
        session.execute(sa.update(table).where(table.c.case_id == submission_id).values(
            figures={name: kept[name] for name in ("month", "year")}))
    assert [count for _url, count in figures(visitor.get(f"/submissions/{submission_id}?of=late").text)] == [4]
