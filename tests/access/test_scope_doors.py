"""The scope at every door: what the session hides, no address, list, file or form of the product shows."""

import io
import re

import openpyxl
import pytest
import sqlalchemy as sa

from app.casework.attachments import Attachment
from app.casework.history import TimelineEntry, record
from app.hazards.models import Hazard, Round
from app.hazards.verbs import HAZARDS
from tests.access.test_scope_orm import CONCERNED, EVERYBODY
from tests.hazards.http import WORDS, send, typed, upload
from tests.jobs.support import work_off
from tests.support.factories import OTHER, World

NO_HAZARDS = ("auditor", "admin", "other_auditor")  # 403: no screen of hazards at all


@pytest.fixture
def hazard_id(world) -> int:
    """With a photo, whose thumbnail the worker has made."""
    found = world.hazard(description=WORDS, photos=[world.stored()])
    work_off(world.app)
    return found


def file_of(world: World, hazard_id: int) -> int:
    with world.system() as session:
        return session.scalars(sa.select(Attachment.id).where(Attachment.case_id == hazard_id)).one()


def rows_of(answer) -> list[str]:
    """Every cell of an exported workbook."""
    with answer:
        sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    return [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]


@pytest.mark.parametrize("username", EVERYBODY)
def test_every_way_to_look(world, hazard_id, username):
    visitor, file_id = world.as_(username), file_of(world, hazard_id)
    sees, refused = username in CONCERNED, 403 if username in NO_HAZARDS else 404
    for path in (f"/hazards/{hazard_id}", f"/hazards/{hazard_id}/files/{file_id}",
                 f"/hazards/{hazard_id}/files/{file_id}/thumbnail", f"/hazards/{hazard_id}/notice",
                 f"/hazards/{hazard_id}/timeline"):
        with visitor.get(path) as answer:
            assert answer.status_code == (200 if sees else refused), path
    answer = visitor.send("/hazards/notices", {"rowid": [hazard_id]})
    assert (WORDS in answer.text) is sees
    for query in ("", f"q={WORDS[:4]}", f"unit={world['yingji']}", "state=rectifying"):
        path = f"/hazards/?{query}"
        assert (WORDS in visitor.get(path).text) is sees, path
    assert sees or WORDS not in visitor.get("/").text
    for path in ("/hazards/export", f"/hazards/export?q={WORDS}"):
        answer = visitor.get(path)
        assert answer.status_code == (403 if username in NO_HAZARDS else 200)
        assert username in NO_HAZARDS or (WORDS in rows_of(answer)) is sees, path


def test_a_part_confined_to_another_is_nowhere_to_be_seen(world):
    """A round, an entry of the timeline, a file: on page, paper, in the file's own address and in the export."""
    told = {"round": "甲轮的意见", "measures": "甲轮的措施", "entry": "甲处的说明", "file": "red.jpg"}
    hazard_id = world.hazard(measures=told["measures"], photos=[world.stored()])
    world.do("firm", "claim", hazard_id)
    world.do("yingji", "fail_recheck", hazard_id)
    world.do("firm", "claim", hazard_id, measures="乙轮的措施")
    with world.system() as session:
        confined = {"confined_to_id": world["zhujian"]}
        session.execute(sa.update(Round).where(Round.case_id == hazard_id, Round.number == 1)
                        .values(opinion=told["round"], **confined))
        session.execute(sa.update(Attachment).where(Attachment.case_id == hazard_id).values(**confined))
        record(session, world.hats["yingji"], "chase", world.day, case=session.get(Hazard, hazard_id),
               comment=told["entry"], **confined)
        session.commit()
    file_id = file_of(world, hazard_id)
    for username, sees in (("firm", False), ("zhujian", True), ("fengcheng", True), ("office", True)):
        visitor = world.as_(username)
        page, paper = visitor.get(f"/hazards/{hazard_id}").text, visitor.get(f"/hazards/{hazard_id}/timeline").text
        assert {words: words in page for words in told.values()} == dict.fromkeys(told.values(), sees), username
        assert (told["entry"] in paper) is sees, username
        for path in (f"files/{file_id}", f"files/{file_id}/thumbnail", "recheck/1"):
            with visitor.get(f"/hazards/{hazard_id}/{path}") as answer:
                assert (answer.status_code != 404) is sees, (username, path)
        cells = " ".join(rows_of(visitor.get("/hazards/export")))
        assert (told["round"] in cells) is sees and "乙轮的措施" in cells, username
        notice = visitor.get(f"/hazards/{hazard_id}/notice").text
        assert not any(words in notice for words in told.values()), "it is handed to the enterprise"


def test_nobody_logged_in_sees_nothing(world, hazard_id, client):
    file_id = file_of(world, hazard_id)
    for path in ("/", "/hazards/", f"/hazards/{hazard_id}", f"/hazards/{hazard_id}/edit", "/hazards/new",
                 "/hazards/export", f"/hazards/{hazard_id}/do/claim", f"/hazards/{hazard_id}/files/{file_id}",
                 "/hazards/import/",
                 f"/hazards/{hazard_id}/files/{file_id}/thumbnail", "/directory/lookup?q=试验"):
        answer = client.get(path)
        assert answer.status_code == 302 and "/login/" in answer.headers["Location"], path
        assert WORDS not in answer.text


@pytest.mark.parametrize("username", ["beiliu", "firm2", "other_yingji", "other_office", "auditor", "admin"])
def test_a_file_is_not_reached_through_another_case(world, hazard_id, username):
    """The address of one's own case with the number of somebody else's file."""
    file_id = file_of(world, hazard_id)
    own = world.hazard(f"{OTHER}beiliu" if username.startswith(OTHER) else "beiliu")
    visitor = world.as_(username)
    for tail in ("", "/thumbnail"):
        assert visitor.get(f"/hazards/{own}/files/{file_id}{tail}").status_code in (403, 404)


def test_a_file_belongs_to_its_case_for_who_sees_both(world, hazard_id):
    own = world.hazard()
    assert world.as_("yingji").get(f"/hazards/{own}/files/{file_of(world, hazard_id)}").status_code == 404


@pytest.mark.parametrize("username", EVERYBODY)
def test_bulk_does_what_each_row_allows(world, hazard_id, username):
    """A chase in bulk: done where it may be, told without a word of the case where not."""
    before = world.read(hazard_id).version
    form = {"rowid": hazard_id, "confirmed": "1", "comment": "请抓紧"}
    answer = world.as_(username).send("/hazards/bulk/chase", form)
    may = username in CONCERNED and username not in ("firm", "leader")
    assert answer.status_code == (403 if username in NO_HAZARDS else 200)
    assert (world.read(hazard_id).version > before) is may
    assert username in CONCERNED or (WORDS not in answer.text and world.read(hazard_id).number not in answer.text)


def test_bulk_takes_each_row_on_its_own(world):
    mine, foreign, closed = world.hazard(), world.hazard("other_yingji"), world.bring_to("closed")
    answer = world.as_("yingji").send(
        "/hazards/bulk/chase", {"rowid": [mine, foreign, closed, "x", "-1"], "confirmed": "1", "comment": "请抓紧"})
    assert answer.status_code == 200
    assert "成功 1" in answer.text.replace("<b>", "").replace("</b>", "") and "未办 2" in answer.text.replace("<b>", "")
    with world.system() as session:
        chased = session.scalars(sa.select(TimelineEntry.case_id).where(TimelineEntry.verb == "chase")).all()
    assert chased == [mine]


@pytest.mark.parametrize("username", EVERYBODY)
def test_a_draft_is_its_filers(world, username):
    draft = world.hazard("yingji", issue=False, description=WORDS)
    visitor, refused = world.as_(username), 403 if username in NO_HAZARDS else 404
    own = username in ("yingji", "yingji_head")
    assert visitor.get(f"/hazards/{draft}").status_code == (200 if own else refused)
    assert (WORDS in visitor.get("/hazards/").text) is own
    edit = visitor.get(f"/hazards/{draft}/edit").status_code
    assert edit == 200 if username == "yingji" else edit in (302, 403, 404)
    copied = visitor.get(f"/hazards/new?copy={draft}")
    assert own or WORDS not in copied.text


@pytest.mark.parametrize("username", ["fengcheng", "firm", "other_yingji", "office"])
def test_an_issued_hazard_has_no_edit_form(world, hazard_id, username):
    before = world.read(hazard_id)
    for who in (username, "yingji"):
        answer = world.as_(who).send(f"/hazards/{hazard_id}/edit", {"description": "改", "version": before.version})
        assert answer.status_code in (302, 403, 404)
    assert world.read(hazard_id) == before


# ── posted foreign keys ────────────────────────────────────────────────────────────────────────────────────────
def count(world: World) -> int:
    with world.system() as session:
        return session.scalar(sa.select(sa.func.count(Hazard.id)))


def test_the_form_registers(world, enter):
    answer = enter("yingji").send("/hazards/new", typed(world))
    assert answer.status_code == 302
    assert world.read(int(answer.headers["Location"].rsplit("/", 1)[1])).state == "rectifying"


UNIT_FIELDS = ("enterprise_id", "inspecting_unit_id", "rectifiers", "recheck_unit_id")
ENTRY_FIELDS = ("category_id", "industry_id", "criterion_id")


@pytest.mark.parametrize("field", UNIT_FIELDS + ENTRY_FIELDS)
def test_a_posted_key_is_one_that_could_be_chosen(world, field):
    """The other county's, one that does not exist, one of another kind, one that was merged away."""
    visitor, foreign = world.as_("yingji"), world.other.units | world.other.entries
    bad = [10**6, 0, -1, 2**40, "x", "1e3"]
    if field in UNIT_FIELDS:
        retired(world, "zhujian")
        bad += [foreign["firm" if field == "enterprise_id" else "yingji"], world["zhujian"]]
        bad += [world["fengcheng"]] if field == "enterprise_id" else []
        bad += [world["firm3"]] if field in ("inspecting_unit_id", "recheck_unit_id") else []
    else:
        code = {"category_id": "fire", "industry_id": "trade", "criterion_id": "criterion"}[field]
        bad += [foreign[code], world["covert"]]
    for value in bad:
        answer = visitor.send("/hazards/new", typed(world, **{field: value}))
        assert answer.status_code == 422, f"{field}={value}: {answer.status_code}"
    assert count(world) == 0


def retired(world: World, unit: str) -> None:
    with world.system() as session:
        session.execute(sa.text("update organizations set active = :off, successor_id = :new where id = :id"),
                        {"off": False, "new": world["fengcheng"], "id": world[unit]})
        session.commit()


@pytest.mark.parametrize("verb", ["ask_transfer", "ask_reassign"])
def test_a_receiver_is_of_the_own_county(world, hazard_id, verb):
    before = world.read(hazard_id)
    for receiver in (world.other.units["zhujian"], world.other.units["firm"], 10**6, 2**40, "x"):
        answer = send(world, world.as_("yingji"), verb, hazard_id, receiver_id=receiver)
        assert answer.status_code == 422, receiver
    assert world.read(hazard_id) == before


def test_a_duplicate_is_merged_into_a_visible_one_only(world, hazard_id):
    foreign = world.read(world.hazard("other_yingji"))
    hidden = world.read(world.hazard("beiliu", enterprise_id=world["firm2"], rectifiers=[world["firm2"]]))
    kept = world.read(world.hazard())
    assert foreign.number and hidden.number
    for number in (hidden.number, "YH-2026-9999", world.read(hazard_id).number):
        assert send(world, world.as_("yingji"), "merge", hazard_id, kept_number=number).status_code == 422, number
    assert send(world, world.as_("yingji"), "merge", hazard_id, kept_number=kept.number).status_code == 302


def test_an_enterprise_reports_for_itself_whatever_it_posts(world):
    """The fields that its form does not have are not read."""
    answer = world.as_("firm").send("/hazards/new", typed(
        world, enterprise_id=world["firm2"], inspecting_unit_id=world["yingji"], source="enforcement",
        rectifiers=world["firm2"], recheck_unit_id=world["firm"],
    ))
    assert answer.status_code == 302
    hazard = world.read(int(answer.headers["Location"].rsplit("/", 1)[1]))
    own = world["firm"]
    assert (hazard.enterprise_id, hazard.inspecting_unit_id, hazard.source) == (own, own, "self_report")
    assert hazard.rectifier_ids == [own]
    assert hazard.recheck_unit_id == world["yingji"]  # the daily regulator


# ── scope hides rows, never references ─────────────────────────────────────────────────────────────────────────
KEYS = ("enterprise_id", "inspecting_unit_id", "territory_id", "recheck_unit_id", "category_id", "industry_id",
        "criterion_id", "filed_by_id", "rectifier_ids")


def keys(row) -> dict:
    return {name: getattr(row, name) for name in KEYS}


def inputs(page: str) -> dict:
    """What the browser would post of a page's main form: inputs, chosen options, texts."""
    form = page[page.index('enctype="multipart/form-data"'):]
    found: dict[str, list] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        attributes = dict(re.findall(r'(\w[\w-]*)="([^"]*)"', tag))
        name, kind = attributes.get("name"), attributes.get("type", "text")
        if not name or kind in ("file", "submit") or (kind in ("radio", "checkbox") and " checked" not in tag):
            continue
        found.setdefault(name, []).append(attributes.get("value", ""))
    for name, body in re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>(.*?)</textarea>', form, re.S):
        found[name] = [body.strip()]
    for name, body in re.findall(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.findall(r'<option[^>]*selected[^>]*value="([^"]*)"|<option value="([^"]*)"[^>]*selected', body)
        found[name] = ["".join(pair) for pair in chosen] or [""]
    return found


def test_saving_a_typo_leaves_every_key_as_it_was(world, enter):
    """A draft whose unit and category have been retired since: the clerk corrects a word only."""
    draft = world.hazard(
        "yingji", issue=False, recheck_unit_id=world["zhujian"], rectifiers=[world["firm"], world["zhujian"]],
        criterion_id=world["criterion"], industry_id=world["trade"],
    )
    retired(world, "zhujian")
    with world.system() as session:
        session.execute(sa.text("update dictionary_entries set active = :off"), {"off": False})
        session.commit()
    before, visitor = world.read(draft), enter("yingji")
    posted = inputs(visitor.get(f"/hazards/{draft}/edit").text)
    posted["description"] = ["改正了一个错字"]
    posted.pop("csrf_token", None)
    answer = visitor.send(f"/hazards/{draft}/edit", posted)
    assert answer.status_code == 302
    after = world.read(draft)
    assert after.description == "改正了一个错字"
    assert keys(after) == keys(before)


def test_a_correction_leaves_a_retired_entry_where_it_is(world, enter):
    hazard_id = world.hazard(industry_id=world["trade"])
    with world.system() as session:
        session.execute(sa.text("update dictionary_entries set active = :off"), {"off": False})
        session.commit()
    before, visitor = world.read(hazard_id), enter("yingji")
    posted = inputs(visitor.get(f"/hazards/{hazard_id}/do/correct").text)
    posted |= {"description": ["改正"], "reason": ["笔误"]}
    posted.pop("csrf_token")
    assert visitor.send(f"/hazards/{hazard_id}/do/correct", posted).status_code == 302
    assert world.read(hazard_id).description == "改正" and keys(world.read(hazard_id)) == keys(before)


def test_an_enterprise_saves_its_draft_though_it_sees_no_other_unit(world, enter):
    """Its territory, regulator and rechecking unit are out of its scope, and stay."""
    firm = enter("firm")
    answer = firm.send("/hazards/new", typed(world, issue=None))
    draft = int(answer.headers["Location"].rsplit("/", 1)[1])
    before, posted = world.read(draft), inputs(firm.get(f"/hazards/{draft}/edit").text)
    posted["description"] = ["改正"]
    posted.pop("csrf_token")
    assert firm.send(f"/hazards/{draft}/edit", posted).status_code == 302
    assert world.read(draft).description == "改正" and keys(world.read(draft)) == keys(before)


def test_a_post_that_leaves_a_field_out_changes_nothing_there(world):
    draft = world.hazard("yingji", issue=False, place="一车间", funds=3, document_number="责改〔2026〕1号")
    before = world.read(draft)
    full = inputs(world.as_("yingji").get(f"/hazards/{draft}/edit").text)
    for name in ("place", "funds", "document_number", "measures", "category_id", "industry_id", "recheck_unit_id",
                 "enterprise_id", "inspectors", "interim_measures", "heads"):
        posted = {**full, "version": world.read(draft).version}
        posted.pop("csrf_token"), posted.pop(name, None)
        answer = world.as_("yingji").send(f"/hazards/{draft}/edit", posted)
        assert answer.status_code == 302, name
        after = world.read(draft)
        assert keys(after) == keys(before), name
        assert (after.place, after.funds, after.document_number, after.inspectors) == (
            before.place, before.funds, before.document_number, before.inspectors), name


def test_a_correction_that_leaves_fields_out_changes_the_given_ones_only(world, hazard_id):
    before = world.read(hazard_id)
    answer = send(world, world.as_("yingji"), "correct", hazard_id, description="改", place=None)
    assert answer.status_code == 302
    after = world.read(hazard_id)
    assert after.description == "改" and after.place == before.place
    assert keys(after) == keys(before)


def test_a_visible_case_shows_the_names_of_units_out_of_scope(world, enter):
    """The enterprise sees itself only in the directory, and still reads who inspects it."""
    hazard_id = world.hazard()
    page = enter("firm").get(f"/hazards/{hazard_id}").text
    assert "应急管理局" in page and "凤城镇" in page


# ── look-ups ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_lookup_by_role(world):
    own, foreign = set(world.county.units.values()), set(world.other.units.values())
    for username in ("yingji", "office", "leader", "fengcheng_head", "firm", "firm2"):
        found = set()
        for kinds in ("all", "units", "enterprises"):
            answer = world.as_(username).get("/directory/lookup", query_string={"kinds": kinds, "q": ""})
            found |= {row["id"] for row in answer.json["results"]}
        assert not found & foreign, username
        assert found == ({world[username]} if username.startswith("firm") else own | {world.county.id}), username
    assert world.as_("auditor").get("/directory/lookup").status_code == 403
    assert world.as_("yingji").get("/directory/lookup?kinds=users").status_code == 400


def test_entries_of_the_own_county(world):
    for username in ("yingji", "firm"):
        answer = world.as_(username).get("/directory/entries/hazard_category")
        assert {row["id"] for row in answer.json["results"]} == {world["electric"], world["fire"]}


def test_the_unit_filter_names_nobody_elses_unit(world, hazard_id):
    page = world.as_("yingji").get(f"/hazards/?unit={world.other.units['firm']}").text
    assert str(world.other.units["firm"]) not in re.findall(r'name="unit" value="(\d+)"', page)


def test_verbs_are_offered_to_whom_they_belong(world, hazard_id):
    for username in EVERYBODY:
        page = world.as_(username).get(f"/hazards/{hazard_id}").text
        offered = {verb for verb in HAZARDS.verbs if f"/hazards/{hazard_id}/do/{verb}" in page}
        if username in ("leader",) or username not in CONCERNED:
            assert not offered, username
        elif username == "firm":
            assert offered == {"acknowledge", "claim", "ask_extension", "add_files"}


def test_uploads_need_a_case_that_is_seen(world, hazard_id):
    for username in ("beiliu", "firm2", "other_yingji", "leader", "auditor"):
        answer = send(world, world.as_(username), "add_files", hazard_id, files=upload("blue"))
        assert answer.status_code in (403, 404), username
    with world.system() as session:
        assert session.scalar(sa.select(sa.func.count(Attachment.id))) == 1
