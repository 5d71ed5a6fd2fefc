"""Pages turned from row to row are the list itself, cut in pieces: in every order, forwards and back."""

import datetime as dt
from dataclasses import replace

import pytest
import sqlalchemy as sa

from app.access.scope import session_for
from app.casework.cases import Case
from app.casework.listing import ORDERS, Order, Selection
from app.casework.lists import in_order
from app.casework.paging import FARTHEST, Place, one_page, page, row_of
from app.casework.unit_of_work import unit_of_work
from app.hazards.queries import selection
from app.hazards.registering import complete, register
from app.hazards.states import OPEN_STATES, HazardState
from tests.casework.test_lists import LARGE, WHOLE, large, plans  # noqa: F401 - a fixture

EVERY = tuple(state.value for state in HazardState)
BOTH = [Order(by, descending) for by in ORDERS for descending in (False, True)]
READERS = ("office", "yingji", "fengcheng", "firm")


@pytest.fixture
def many(world):
    """Two dozen hazards, many of a day, in three states; the bureau is a party of each several times."""
    hat, day = world.hats["yingji"], world.day
    with world.session_of("yingji") as session, unit_of_work(session):
        for n in range(24):
            facts = world.facts("yingji", enterprise_id=world["firm"], rectifiers=[world["firm"]],
                                happened_on=day - dt.timedelta(days=n * 7 % 5), due=day + dt.timedelta(days=n % 4))
            register(session, hat, complete(session, hat, facts), (), day, n % 6 != 0)
    with world.system() as session:
        ids = session.execute(sa.text("SELECT id FROM cases WHERE issued ORDER BY id")).scalars().all()
    for hazard_id in ids[::5]:
        world.do("firm", "claim", hazard_id)
    return world


def asked(world, reader: str, order: Order, filters=None, state=None) -> Selection:
    return in_order(selection(world.hats[reader].scope, filters or {}, state, world.day), order, EVERY)


def truth(world, reader: str, order: Order, state: str | None = None) -> list[int]:
    """The same list, read whole and put in order here."""
    names = {"number": "id", "due": "due_sort", "happened": "happened_on"}
    with world.session_of(reader) as session:
        found = [case for case in session.scalars(sa.select(Case).where(Case.kind == "hazard"))
                 if state is None or case.state == state]
    found.sort(key=lambda case: (getattr(case, names[order.by]), case.id), reverse=order.descending)
    return [case.id for case in found]


@pytest.mark.parametrize("reader", READERS)
def test_pages_are_the_list_cut_in_pieces(many, reader):
    scope = many.hats[reader].scope
    for order in BOTH:
        for state in (None, "rectifying"):
            whole, chosen = truth(many, reader, order, state), asked(many, reader, order, state=state)
            with many.session_of(reader) as session:
                here, there = page(session, scope, chosen, Place(), 5), []
                while here.more:
                    there.append(here)
                    here = page(session, scope, chosen, Place(here.number + 1, after=here.last), 5)
                assert [i for one in [*there, here] for i in one.ids] == whole, (order, state)
                for before in reversed(there):
                    here = page(session, scope, chosen, Place(before.number, before=here.first), 5)
                    assert (here.ids, here.number, here.more) == (before.ids, before.number, True)
                assert not here.earlier
                assert page(session, scope, chosen, Place(last=True), 5).ids == whole[-5:]
                assert page(session, scope, chosen, Place(3), 5).ids == whole[10:15]


def test_a_unit_that_took_in_another_finds_each_case_once(many):
    """The list of both units' parties; a case of both stands in it once."""
    scope = many.hats["yingji"].scope
    both = replace(scope, organization_ids=(*scope.organization_ids, many["firm"]))
    with many.app.app_context(), session_for(both) as session:
        for order in BOTH:
            chosen = in_order(selection(both, {}, None, many.day), order, EVERY)
            assert page(session, both, chosen, Place(), 100).ids == truth(many, "yingji", order)


def test_what_is_no_place_leads_to_the_beginning_or_the_end(many):
    reader, order = "office", Order("due")
    scope, whole = many.hats[reader].scope, truth(many, reader, order)
    with many.session_of(reader) as session:
        def at(**place):
            return page(session, scope, asked(many, reader, order), Place(**place), 5).ids

        for nonsense in ("0", "x", "9999-99-99.1", "2026-02-30.1", "12", "2026-03-01.", "' OR 1=1--",
                         "２０２６-03-01.1", "2026-03-01.99999999999", "1" * 400):
            assert at(after=nonsense) == at(before=nonsense) == whole[:5], nonsense
        assert at(after="9999-12-31.2147483647") == whole[-5:]
        assert at(before="2000-01-01.1") == whole[:5]
        assert at(number=FARTHEST) == at(number=10_000_000) == whole[-5:]
        assert row_of(Order("number"), "2026-03-01.1") is None  # a cursor of another order is none of this


@pytest.mark.one_database
@pytest.mark.parametrize("reader", READERS)
def test_sqlite_reads_no_whole_table_for_a_page_and_sorts_only_what_it_shows(large, reader):  # noqa: F811 - the fixture
    scope = large.hats[reader].scope
    for order in BOTH:
        for state in (None, *EVERY):
            chosen = asked(large, reader, order, state=state)
            for cursor in (None, row_of(order, "5" if order.by == "number" else "2026-03-01.5")):
                found = plans(large, one_page(scope, chosen, cursor, 26))
                assert not [line for line in found if line.startswith(WHOLE)], (order, state, found)
                # The little that each state gives is sorted to be merged; what an index gives is in order already.
                merged = len(EVERY) if state is None and order.by != "number" else 0
                assert sum("TEMP B-TREE" in line for line in found) <= merged, (order, state, found)


@pytest.mark.parametrize("reader", READERS)
def test_postgresql_reads_each_part_in_the_order_of_its_index(world, kind, reader):
    if kind == "sqlite":
        return  # asked above
    scope = world.hats[reader].scope
    with world.system() as session:
        for setting in ("enable_seqscan", "enable_bitmapscan", "enable_hashagg"):  # as with a million rows
            session.execute(sa.text(f"SET LOCAL {setting} = off"))
        for order in BOTH:
            for state in (None, *OPEN_STATES):
                cursor = row_of(order, "5" if order.by == "number" else "2026-03-01.5")
                statement = one_page(scope, asked(world, reader, order, state=state), cursor, 26)
                raw = str(statement.compile(session.connection(), compile_kwargs={"literal_binds": True}))
                found = [line[0] for line in session.execute(sa.text("EXPLAIN " + raw.replace(":", r"\:")))]
                assert not [line for line in found if "Seq Scan" in line], (order, state, found)
                assert sum("Sort  (" in line for line in found) <= (state is None and order.by != "number"), found
