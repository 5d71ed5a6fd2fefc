"""Government units: the tree, its names, merging into a successor."""

import sqlalchemy as sa

from app.access.hats import hats_of
from app.casework.history import TimelineEntry
from app.organization.models import Organization, OrganizationName, User


def row_of(world, unit_id):
    with world.system() as session:
        return session.execute(sa.select(Organization.__table__).where(Organization.__table__.c.id == unit_id)).one()


def names_of(world, unit_id):
    with world.system() as session:
        return set(session.scalars(sa.select(OrganizationName.name).where(OrganizationName.organization_id == unit_id)))


def entries(world, verb):
    with world.system() as session:
        return session.scalars(sa.select(TimelineEntry).where(TimelineEntry.verb == verb)).all()


def test_everybody_in_government_reads_the_units(world):
    for username in ("fengcheng", "yingji_head", "office", "leader", "admin"):
        page = world.as_(username).get("/units/")
        assert page.status_code == 200
        assert "住建局" in page.text
        assert "试验铸造厂" not in page.text
    assert world.as_("firm").get("/units/").status_code == 403
    assert world.as_("auditor").get("/units/").status_code == 403


def test_only_the_administrator_changes_them(world):
    for username in ("office", "yingji", "leader"):
        assert world.as_(username).get(f"/units/{world['yingji']}/edit").status_code == 403
        assert world.as_(username).send(f"/units/{world['yingji']}/edit", {"name": "x"}).status_code == 403


def test_a_unit_is_added_with_its_names_and_industries(world):
    admin = world.as_("admin")
    assert admin.get("/units/add").status_code == 200
    answer = admin.send("/units/add", {
        "name": "县能源局", "short_name": "能源局", "kind": "department", "names": "煤炭局\n 煤管局 \n", "active": "1",
        "review_before_issue": "0", "industries": [world["trade"]], "sort_order": "7",
    })
    assert answer.status_code == 302, answer.text
    page = admin.get(answer.location)
    for word in ("县能源局", "煤炭局", "煤管局", "冶金工贸"):
        assert word in page.text
    entry = entries(world, "unit_added")[0]
    assert entry.extra["name"] == "能源局"
    assert entry.changes["name"] == [None, "县能源局"]


def test_a_name_twice_is_refused_and_what_was_typed_is_kept(world):
    answer = world.as_("admin").send("/units/add", {"name": "应急管理局", "kind": "department", "phone": "0356-1"})
    assert answer.status_code == 422
    assert 'value="0356-1"' in answer.text
    assert entries(world, "unit_added") == []


def test_a_field_left_out_is_not_written(world):
    unit = world["yingji"]
    admin = world.as_("admin")
    admin.send(f"/units/{unit}/edit", {"version": 1, "names": "安监局", "industries": world["trade"], "phone": "1"})
    before = row_of(world, unit)
    assert (before.name, before.phone, before.version) == ("应急管理局", "1", 2)
    admin.send(f"/units/{unit}/edit", {"version": 2, "name": "县应急管理局"})
    after = row_of(world, unit)
    assert (after.name, after.phone, after.active) == ("县应急管理局", "1", True)
    assert names_of(world, unit) == {"安监局"}
    assert "冶金工贸" in admin.get(f"/units/{unit}").text


def test_a_stale_form_is_refused(world):
    unit = world["yingji"]
    admin = world.as_("admin")
    assert admin.send(f"/units/{unit}/edit", {"version": 1, "name": "县应急局"}).status_code == 302
    assert admin.send(f"/units/{unit}/edit", {"version": 1, "name": "别的局"}).status_code == 409
    assert admin.send(f"/units/{unit}/edit", {"name": "别的局"}).status_code == 409
    assert row_of(world, unit).name == "县应急局"


def test_sending_a_form_unchanged_writes_nothing(world):
    unit = world["yingji"]
    assert world.as_("admin").send(f"/units/{unit}/edit", {"version": 1, "name": "应急管理局"}).status_code == 302
    assert row_of(world, unit).version == 1
    assert entries(world, "unit_changed") == []


def test_merged_units_are_part_of_the_successor(world):
    hazard = world.hazard("zhujian")
    old, new = world["zhujian"], world["yingji"]
    admin = world.as_("admin")
    assert "住建局" in admin.get(f"/units/{old}/merge").text
    answer = admin.send(f"/units/{old}/merge", {"version": 1, "successor": new})
    assert answer.status_code == 302, answer.text
    assert (row_of(world, old).active, row_of(world, old).successor_id) == (False, new)
    assert "住建局" in names_of(world, new)
    # its people wear the successor's hat, and the successor's people find its cases
    with world.system() as session:
        hat, = hats_of(session, session.get(User, world.users["zhujian"]), world.day)
        assert (hat.organization_id, hat.organization_ids) == (new, tuple(sorted((old, new))))
    for username in ("yingji", "zhujian"):
        assert world.as_(username).get(f"/hazards/{hazard}").status_code == 200
    assert entries(world, "unit_merged")[0].extra["posts"] == 2
    # done is done
    assert admin.send(f"/units/{old}/merge", {"version": 2, "successor": world["beiliu"]}).status_code == 422
    assert admin.send(f"/units/{old}/edit", {"version": 2, "active": "1"}).status_code == 422


def test_what_cannot_be_a_successor(world):
    admin, old = world.as_("admin"), world["zhujian"]
    for successor in (old, world["firm"], world.other.units["yingji"], 10**12, "x", ""):
        assert admin.send(f"/units/{old}/merge", {"version": 1, "successor": successor}).status_code == 422
    assert admin.send(f"/units/{world['office']}/merge", {"version": 1, "successor": old}).status_code == 422
    assert row_of(world, old).active


def test_another_county_is_not_there(world):
    theirs = world.other.units["yingji"]
    admin = world.as_("admin")
    for path in (f"/units/{theirs}", f"/units/{theirs}/edit", f"/units/{theirs}/merge", "/units/99999999999999"):
        assert admin.get(path).status_code == 404, path
    assert admin.send(f"/units/{theirs}/edit", {"version": 1, "name": "抢来的局"}).status_code == 404
    page = admin.get("/units/")
    assert page.text.count("应急管理局</a>") == 1


def test_the_list_and_the_page_ask_little(world, statements):
    admin = world.as_("admin")
    for path in ("/units/", f"/units/{world['yingji']}", f"/units/{world['yingji']}/edit"):
        admin.get(path)
        with statements() as seen:
            assert admin.get(path).status_code == 200
        assert len(seen) <= 15, (path, len(seen))
