"""Enterprises: the directory, contacts for the parties only, adding, changing, doubles and their merging."""

import pytest
import sqlalchemy as sa

from app.access.hats import hats_of
from app.casework.history import TimelineEntry
from app.casework.invariants import check
from app.casework.unit_of_work import unit_of_work
from app.hazards.invariants import RULES
from app.organization.models import Enterprise, EnterpriseRegulator, OrganizationName, User
from app.organization.rules import uscc_fault

CONTACT = "0356-0001234"


@pytest.fixture
def firm(world):
    with world.system() as session, unit_of_work(session):
        row = session.get(Enterprise, world["firm"])
        row.principal, row.principal_phone, row.address = "栗某某", CONTACT, "东关村9号"
    return world["firm"]


def row_of(world, enterprise_id):
    with world.system() as session:
        row = session.get(Enterprise, enterprise_id)
        return {name: getattr(row, name) for name in (
            "name", "territory_id", "industry_id", "uscc", "status", "active", "principal", "principal_phone",
            "version", "successor_id", "county_id", "kind",
        )}


def regulators_of(world, enterprise_id):
    with world.system() as session:
        rows = session.scalars(sa.select(EnterpriseRegulator).where(EnterpriseRegulator.enterprise_id == enterprise_id))
        return {(row.organization_id, row.subject, row.is_daily) for row in rows}


def entries(world, verb):
    with world.system() as session:
        return session.scalars(sa.select(TimelineEntry).where(TimelineEntry.verb == verb)).all()


# ── who reads what ─────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("username,reads", [
    ("fengcheng", True), ("fengcheng_head", True),  # territory
    ("yingji", True), ("zhujian", True),  # regulators, the daily one and another
    ("beiliu", False), ("beiliu_head", False),  # another township
    ("office", True), ("office_head", True), ("leader", True), ("firm", True), ("admin", True),
])
def test_contacts_are_for_the_parties(world, firm, username, reads):
    page = world.as_(username).get(f"/enterprises/{firm}")
    assert page.status_code == 200
    assert "试验铸造厂" in page.text
    assert "冶金工贸" in page.text
    assert (CONTACT in page.text, "栗某某" in page.text, "东关村9号" in page.text) == (reads,) * 3
    assert CONTACT not in world.as_(username).get("/enterprises/").text


def test_who_has_no_business_here(world, firm):
    for address in (f"/enterprises/{firm}", "/enterprises/"):
        assert world.as_("auditor").get(address).status_code == 403


def test_an_enterprise_sees_itself_only(world):
    own = world.as_("firm")
    page = own.get("/enterprises/")
    assert "试验铸造厂" in page.text
    assert "试验建筑公司" not in page.text
    assert own.get(f"/enterprises/{world['firm2']}").status_code == 404
    assert own.get(f"/enterprises/{world['firm']}/edit").status_code == 403


def test_the_other_county_is_not_there(world):
    theirs = world.other.units["firm"]
    clerk = world.as_("office")
    assert clerk.get("/enterprises/").text.count("试验铸造厂</a>") == 1
    for path in (f"/enterprises/{theirs}", f"/enterprises/{theirs}/edit", f"/enterprises/{theirs}/merge"):
        assert clerk.get(path).status_code == 404
    assert clerk.send(f"/enterprises/{theirs}/edit", {"version": 1, "name": "x"}).status_code == 404
    # nor can their unit be posted as a township or regulator
    assert clerk.send(f"/enterprises/{world['firm']}/edit", {
        "version": 1, "territory_id": world.other.units["beiliu"]}).status_code == 422
    assert clerk.send(f"/enterprises/{world['firm']}/edit", {
        "version": 1, "regulators-0-organization_id": world.other.units["yingji"]}).status_code == 422
    assert row_of(world, world["firm"])["territory_id"] == world["fengcheng"]


# ── the list ───────────────────────────────────────────────────────────────────────────────────────────────────────
def test_filters_of_the_list(world, firm):
    with world.system() as session, unit_of_work(session):
        session.get(Enterprise, firm).uscc = "91140522MADEM001X0"
        session.add(OrganizationName(organization_id=firm, name="老铸造厂"))
        session.get(Enterprise, world["firm2"]).active = False
    clerk = world.as_("office")

    def shown(**filters):
        text = clerk.get("/enterprises/", query_string=filters).text
        return {name for name in ("试验铸造厂", "试验建筑公司", "试验商店") if f"{name}</a>" in text}

    assert shown(_flt_0_name="老铸造") == {"试验铸造厂"}
    assert shown(_flt_0_name="91140522made") == {"试验铸造厂"}
    assert shown(_flt_0_territory_id=str(world["beiliu"])) == {"试验建筑公司"}
    assert shown(_flt_0_active="False") == {"试验建筑公司"}
    assert shown(_flt_0_active="True", _flt_0_name="", _flt_0_industry_id="") == {"试验铸造厂", "试验商店"}
    assert shown(_flt_0_name="%") == set()


def test_ordered_by_the_township_under_scope(world):
    clerk = world.as_("office")
    for direction, names in (("asc", ("试验铸造厂", "试验建筑公司")), ("desc", ("试验建筑公司", "试验铸造厂"))):
        text = clerk.get(f"/enterprises/?_oc_Enterprises=territory.name&_od_Enterprises={direction}").text
        first, second = (text.index(f"{name}</a>") for name in names)
        assert first < second


def test_list_page_and_form_ask_little(world, firm, statements):
    with world.system() as session, unit_of_work(session):
        for n in range(30):
            session.add(Enterprise(county_id=world.county.id, kind="enterprise", name=f"企业{n}号",
                                   territory_id=world["beiliu"], industry_id=world["trade"]))
    clerk = world.as_("office")
    for path in ("/enterprises/", f"/enterprises/{firm}", f"/enterprises/{firm}/edit", "/enterprises/add"):
        clerk.get(path)
        with statements() as seen:
            assert clerk.get(path).status_code == 200
        assert len(seen) <= 15, (path, len(seen), seen)


def test_hazards_follow_the_regulators(world):
    """Who begins to regulate an enterprise finds its hazards; who no longer does, does not."""
    hazard_id, clerk = world.hazard(), world.as_("office")
    firm = world["firm"]
    before = {name: world.as_(name).get(f"/hazards/{hazard_id}").status_code for name in ("zhujian", "beiliu")}
    assert before == {"zhujian": 200, "beiliu": 404}
    answer = clerk.send(f"/enterprises/{firm}/edit", {
        "version": row_of(world, firm)["version"], "regulators-0-organization_id": world["beiliu"],
        "regulators-0-is_daily": "y",
    })
    assert answer.status_code == 302
    after = {name: world.as_(name).get(f"/hazards/{hazard_id}").status_code for name in ("zhujian", "beiliu")}
    assert after == {"zhujian": 404, "beiliu": 200}
    with world.system() as session:
        assert check(session, rules=RULES) == []


# ── changing ───────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("username,may", [
    ("office", True), ("fengcheng", True), ("yingji", True), ("zhujian", True),
    ("admin", True),  # who brings them in
    ("beiliu", False), ("fengcheng_head", False), ("office_head", False), ("leader", False),
])
def test_who_changes_an_enterprise(world, firm, username, may):
    version = row_of(world, firm)["version"]
    assert world.as_(username).get(f"/enterprises/{firm}/edit").status_code == (200 if may else 403)
    answer = world.as_(username).send(f"/enterprises/{firm}/edit", {"version": version, "principal": "新某某"})
    assert answer.status_code == (302 if may else 403)
    assert row_of(world, firm)["principal"] == ("新某某" if may else "栗某某")


def test_saving_a_typo_leaves_every_reference_as_it_was(world, firm):
    clerk = world.as_("fengcheng")
    before, regulators = row_of(world, firm), regulators_of(world, firm)
    form = {"version": before["version"], "principal": "栗某"}
    assert clerk.send(f"/enterprises/{firm}/edit", form).status_code == 302
    after = row_of(world, firm)
    assert after == {**before, "principal": "栗某", "version": before["version"] + 1}
    assert regulators_of(world, firm) == regulators
    assert entries(world, "enterprise_changed")[0].changes == {"principal": ["栗某某", "栗某"]}


def test_a_stale_form_is_refused_and_tells_so(world, firm):
    clerk = world.as_("office")
    version = row_of(world, firm)["version"]
    assert clerk.send(f"/enterprises/{firm}/edit", {"version": version, "principal": "甲"}).status_code == 302
    answer = clerk.send(f"/enterprises/{firm}/edit", {"version": version, "principal": "乙"})
    assert answer.status_code == 409
    assert row_of(world, firm)["principal"] == "甲"


def test_regulators_by_matter_and_the_daily_one_handed_on(world, firm):
    clerk = world.as_("office")
    answer = clerk.send(f"/enterprises/{firm}/edit", {
        "version": row_of(world, firm)["version"],
        "regulators-0-organization_id": world["yingji"], "regulators-0-subject": "冶金",
        "regulators-1-organization_id": world["zhujian"], "regulators-1-subject": "消防", "regulators-1-is_daily": "y",
        "regulators-2-organization_id": "",
    })
    assert answer.status_code == 302, answer.text
    assert regulators_of(world, firm) == {(world["yingji"], "冶金", False), (world["zhujian"], "消防", True)}
    answer = clerk.send(f"/enterprises/{firm}/edit", {
        "version": row_of(world, firm)["version"], "regulators-0-organization_id": world["zhujian"],
        "regulators-0-is_daily": "y", "regulators-0-subject": "", "regulators-1-organization_id": "",
    })
    assert regulators_of(world, firm) == {(world["zhujian"], None, True)}
    answer = clerk.send(f"/enterprises/{firm}/edit", {
        "version": row_of(world, firm)["version"], "regulators-0-organization_id": world["zhujian"],
        "regulators-0-is_daily": "y", "regulators-1-organization_id": world["yingji"], "regulators-1-is_daily": "y",
    })
    assert answer.status_code == 422


# ── adding ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_township_adds_one_of_its_own(world):
    clerk = world.as_("fengcheng")
    form = {"name": "新开砖厂（集团）", "territory_id": world["fengcheng"], "industry_id": "", "status": "", "uscc": ""}
    answer = clerk.send("/enterprises/add", form)
    assert answer.status_code == 302, answer.text
    made = row_of(world, int(answer.location.rsplit("/", 1)[1]))
    assert (made["name"], made["county_id"], made["status"], made["active"]) == (
        "新开砖厂（集团）", world.county.id, "normal", True)
    assert len(entries(world, "enterprise_added")) == 1
    elsewhere = clerk.send("/enterprises/add", {**form, "name": "别处砖厂", "territory_id": world["beiliu"]})
    assert elsewhere.status_code == 422
    assert "别处砖厂" in elsewhere.text
    assert len(entries(world, "enterprise_added")) == 1


def test_a_double_is_offered_before_it_is_made(world):
    clerk = world.as_("office")
    form = {"name": "甲县试验铸造厂有限公司", "territory_id": world["fengcheng"]}
    answer = clerk.send("/enterprises/add", form)
    assert answer.status_code == 422
    assert f"/enterprises/{world['firm']}" in answer.text
    assert 'value="甲县试验铸造厂有限公司"' in answer.text
    assert clerk.send("/enterprises/add", {**form, "another": "y"}).status_code == 302


def test_a_code_that_is_taken_or_wrong(world, firm):
    clerk = world.as_("office")
    right = "91140522MADEM00141"
    version = row_of(world, firm)["version"]
    answer = clerk.send(f"/enterprises/{firm}/edit", {"version": version, "uscc": " 9114 0522 "}, follow_redirects=True)
    assert answer.status_code == 200
    assert row_of(world, firm)["uscc"] == "91140522"
    assert "alert-warning" in answer.text
    form = {"name": "别的厂", "territory_id": world["beiliu"], "uscc": "91140522"}
    assert clerk.send("/enterprises/add", form).status_code == 422
    assert clerk.send("/enterprises/add", {**form, "uscc": right + "0000"}).status_code == 422


@pytest.mark.parametrize("code,fits", [
    ("91350100M000100Y43", True), ("N2140522MF00000009", None), ("91350100M000100Y44", False),
    ("91350100M000100Y4", False), ("9135O100M000100Y43", False), ("NA350100M000100Y43", None),
    ("91A50100M000100Y43", False),
])
def test_the_code_s_check(code, fits):
    fault = uscc_fault(code)
    if fits is None:  # letters in the first two places are legal: at most the check digit is doubted
        assert fault is None or "check digit" in str(fault) or "校验" in str(fault)
    else:
        assert (fault is None) is fits


def test_in_one_click_from_name_and_township(world):
    clerk = world.as_("yingji")  # a department imports a ledger with an enterprise nobody knows yet
    token = clerk.token()
    answer = clerk.post("/enterprises/quick", json={"name": " 无名小作坊 ", "township_id": world["beiliu"]},
                        headers={"X-CSRFToken": token})
    assert answer.status_code == 201, answer.text
    assert answer.json["text"] == "无名小作坊"
    assert answer.json["note"] == "北留镇"
    again = clerk.post("/enterprises/quick", json={"name": "无名小作坊", "township_id": world["beiliu"]},
                       headers={"X-CSRFToken": token})
    assert again.status_code == 409
    assert again.json["doubles"] == [{"id": answer.json["id"], "text": "无名小作坊"}]
    for wrong in ({"name": "", "township_id": world["beiliu"]}, {"name": "某厂", "township_id": world["yingji"]},
                  {"name": "某厂", "township_id": 10**30}, {"name": "某厂"}):
        assert clerk.post("/enterprises/quick", json=wrong, headers={"X-CSRFToken": token}).status_code == 422
    assert clerk.post("/enterprises/quick", json={}).status_code == 400  # no token
    head = world.as_("yingji_head")
    assert head.post("/enterprises/quick", json={}, headers={"X-CSRFToken": head.token()}).status_code == 403


# ── doubles merged ─────────────────────────────────────────────────────────────────────────────────────────────────
def test_doubles_are_merged_into_the_one_that_stays(world, firm):
    hazard = world.hazard("yingji", enterprise_id=world["firm3"], rectifiers=[world["firm3"]])
    clerk = world.as_("office")
    assert clerk.get(f"/enterprises/{world['firm3']}/merge?into={firm}").status_code == 200
    version = row_of(world, world["firm3"])["version"]
    answer = clerk.send(f"/enterprises/{world['firm3']}/merge", {"version": version, "successor": firm})
    assert answer.status_code == 302, answer.text
    assert row_of(world, world["firm3"])["successor_id"] == firm
    # the people of the one that stays find the other's cases
    with world.system() as session:
        assert hats_of(session, session.get(User, world.users["firm"]), world.day)[0].organization_ids == tuple(
            sorted((firm, world["firm3"])))
    assert world.as_("firm").get(f"/hazards/{hazard}").status_code == 200
    # a township merges only what is its own to change
    other = world.as_("beiliu")
    assert other.send(f"/enterprises/{world['firm2']}/merge", {"version": 1, "successor": firm}).status_code == 403
    assert row_of(world, world["firm2"])["successor_id"] is None
