"""From proposals to one letter and back: the draft is prefilled; saved it accepts them, discarded it frees them."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from app.escalation.states import ProposalState as S
from tests.escalation.test_sweep import hazard, share
from tests.letters.http import drafted
from tests.support import letter_factories as letters
from tests.support.escalation_factories import DAYS, delivery, letter, look, occasion, proposals
from tests.support.submission_factories import set_to


def draft(world, *ids: int, who: str = "office"):
    """`(answer, what the draft's address asks for)`."""
    answer = world.as_(who).get("/proposals/draft?" + "&".join(f"rowid={i}" for i in ids))
    return answer, parse_qs(urlsplit(answer.headers.get("Location", "")).query)


def form_of(page: str) -> dict:
    """What the draft's form would send as it stands: hidden fields, inputs, ticks, chosen units, texts."""
    sent: dict = {}
    for tag in re.findall(r"<input [^>]*>", page):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if not name or "csrf" in name[1] or 'type="file"' in tag or 'type="submit"' in tag:
            continue
        if re.search(r'type="(checkbox|radio)"', tag) and " checked" not in tag:
            continue
        sent.setdefault(name[1], []).append(value[1] if value else "")
    for name, text in re.findall(r'<textarea [^>]*name="([^"]+)"[^>]*>\s*(.*?)</textarea>', page, re.S):
        sent[name] = [text]
    for name, options in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.S):
        sent[name] = re.findall(r'<option [^>]*selected[^>]*value="([^"]*)"', options) + re.findall(
            r'<option value="([^"]*)" selected', options)
    return sent


def test_one_letter_is_drafted_from_one_proposal_and_saved_it_is_accepted(world):
    made = share(world)
    look(world)
    (one,) = proposals(world)
    answer, asked = draft(world, one.id)
    assert answer.status_code == 302 and answer.headers["Location"].startswith("/letters/new?")
    assert asked == {"type": ["reminder"], "unit": [str(world["fengcheng"])], "situation": ["5"],
                     "shown_by": [str(made)], "proposal": [str(one.id)]}
    assert proposals(world)[0].state == S.OPEN, "to look at a draft decides nothing"
    page = world.as_("office").get(answer.headers["Location"]).get_data(as_text=True)
    assert f'value="{one.id}"' in page and "凤城镇" in page and "开展燃气安全专项整治" in page
    saved = letters.letter(world, units=("fengcheng",), type="reminder", proposals=[one.id],
                           triggers=[{"situation": "5", "own_requirement": None, "shown_by_id": made}])
    (one,) = proposals(world)
    assert (one.state, one.letter_id) == (S.ACCEPTED, saved)
    assert f'href="/letters/{saved}"' in world.as_("office").get("/proposals/?tab=accepted").get_data(as_text=True)
    look(world)
    assert [p.state for p in proposals(world)] == [S.ACCEPTED]
    letters.do(world, "office", "discard", saved)
    look(world)
    assert [p.state for p in proposals(world)] == [S.OPEN], "its letter came to nothing"


@pytest.mark.clause("4.1.1")
def test_the_form_itself_accepts_them(world):
    """Through the browser's road: the prefilled form is sent as it stands."""
    share(world)
    look(world)
    (one,) = proposals(world)
    visitor = world.as_("office")
    place = visitor.get(f"/proposals/draft?rowid={one.id}").headers["Location"]
    sent = form_of(visitor.get(place).get_data(as_text=True))
    sent |= {"requirements": ["立即落实"], "title": sent.get("title") or ["关于落实的提醒函"]}
    answer = visitor.send(place, {**{k: v for k, v in sent.items() if v}})
    assert answer.status_code == 302, re.findall(r'class="fault"[^>]*>([^<]*)', answer.get_data(as_text=True))
    (one,) = proposals(world)
    assert one.state == S.ACCEPTED and answer.headers["Location"].endswith(f"/letters/{one.letter_id}")


def test_several_to_one_unit_become_one_letter_of_the_severest_type(world):
    made = [share(world, 12), share(world, 22)]
    fed_back = hazard(world, 21, source="oversight", enterprise_id=None, territory_id=world["fengcheng"],
                      rectifiers=[world["fengcheng"]])
    look(world)
    found = proposals(world)
    assert {one.recipient_id for one in found} == {world["fengcheng"]} and len(found) == 3
    page = world.as_("office").get("/proposals/").get_data(as_text=True)
    assert "勾选的合成一份函" in page
    _answer, asked = draft(world, *(one.id for one in found))
    assert asked["type"] == ["supervisory"] and set(asked["situation"]) == {"4", "5"}
    assert set(asked["shown_by"]) == {str(i) for i in (*made, fed_back)} and len(asked["proposal"]) == 3
    letters.letter(world, units=("fengcheng",), proposals=[one.id for one in found])
    assert {one.state for one in proposals(world)} == {S.ACCEPTED}


def test_what_does_not_go_together_is_refused(world):
    share(world, 12)
    share(world, 12, "beiliu")
    share(world, 3)
    look(world)
    found = {(one.recipient_id, one.measure): one.id for one in proposals(world)}
    ours, theirs = found[world["fengcheng"], "reminder"], found[world["beiliu"], "reminder"]
    chase = found[world["fengcheng"], "chase"]
    for ids, words in (((ours, theirs), "请选同一单位"), ((ours, chase), "建议发函"), ((), "建议发函")):
        answer, _asked = draft(world, *ids)
        assert answer.headers["Location"].startswith("/proposals/")
        visitor = world.as_("office")
        page = visitor.get("/proposals/draft?" + "&".join(f"rowid={i}" for i in ids), follow_redirects=True)
        assert words in page.get_data(as_text=True)


def test_the_letter_of_the_next_rung_names_the_one_before(world):
    before = letter(world, "fengcheng", type="reminder", signed=world.day - 30 * DAYS)
    look(world)
    (one,) = [p for p in proposals(world) if p.rule == "unanswered_reminder"]
    _answer, asked = draft(world, one.id)
    assert asked == {"type": ["supervisory"], "unit": [str(world["fengcheng"])], "from_letter": [str(before)],
                     "proposal": [str(one.id)]}


def test_two_letters_that_are_not_answered_stay_both_in_the_grounds(world):
    first, second = (letter(world, "fengcheng", signed=world.day - 30 * DAYS) for _n in range(2))
    look(world)
    found = [p.id for p in proposals(world) if p.rule == "unanswered_reminder"]
    answer, asked = draft(world, *found)
    assert asked["from_letter"] == [str(first)] and asked["told"] == [str(delivery(world, second, "fengcheng"))]
    grounds = form_of(world.as_("office").get(answer.headers["Location"]).get_data(as_text=True))["grounds"][0]
    assert "甲安办函〔2026〕1号" in grounds and "甲安办函〔2026〕2号" in grounds


def test_the_office_follows_a_letter_in_its_units_place(world):
    """The draft names the letter before, its situations and grounds; the unit's own letter is not corrected so."""
    before = letter(world, "firm", type="advisory", by="zhujian", signed=world.day - 30 * DAYS, shown_by=None)
    look(world)
    (one,) = [p for p in proposals(world) if p.rule == "unanswered_advisory"]
    assert one.proposer_id == world["zhujian"]
    answer, _asked = draft(world, one.id)
    sent = form_of(world.as_("office").get(answer.headers["Location"]).get_data(as_text=True))
    assert sent["escalated_from_id"] == [str(before)] and "依据与事实" in sent["grounds"][0] and "situation_5" in sent
    answer = world.as_("office").send("/letters/new", {k: v for k, v in sent.items() if v})
    made = int(answer.headers["Location"].rsplit("/", 1)[1])
    assert letters.read(world, made).escalated_from_id == before
    (one,) = [p for p in proposals(world) if p.rule == "unanswered_advisory"]
    assert (one.state, one.letter_id) == (S.ACCEPTED, made)
    own = form_of(world.as_("office").get(f"/letters/new?corrects={before}").get_data(as_text=True))
    assert own["corrects_id"] == [""]


def test_a_widened_rule_hands_its_requirement_on(world):
    set_to(world, "letters_on_other_hazards", True)
    hazard(world, 12)
    look(world)
    (one,) = proposals(world, rule="hazard_other_letter")
    _answer, asked = draft(world, one.id, who="yingji")
    assert asked["own_requirement"] == ["本办关于按期整改隐患的工作要求"] and "situation" not in asked


def test_a_letter_of_the_offices_own_requirement_written_by_hand_ends_the_proposal(world):
    """As one drafted from it: it names the hazard; both rest on it."""
    set_to(world, "letters_on_other_hazards", True)
    made = hazard(world, 12)
    look(world)
    (one,) = proposals(world, rule="hazard_other_letter")
    yingji, suggested = world.as_("yingji"), draft(world, one.id, who="yingji")[0].headers["Location"]
    assert str(made) in form_of(yingji.get(suggested).get_data(as_text=True))["shown_own"]
    by_hand = drafted(world, yingji, recipients=[world["firm"]], type="reminder", situation_4=None,
                      own_requirement="按期整改隐患", shown_own=[str(made)])
    look(world)
    assert [one.state for one in proposals(world, rule="hazard_other_letter")] == [S.CURED]
    assert f"/hazards/{made}" in yingji.get(f"/letters/{by_hand}").get_data(as_text=True)
    letters.do(world, "yingji", "take_back", by_hand)
    edited = form_of(yingji.get(f"/letters/{by_hand}/edit").get_data(as_text=True))
    assert str(made) in edited["shown_own"] and edited["own_requirement"] == ["按期整改隐患"]


def test_a_warning_goes_to_whom_it_names_or_to_the_townships(world):
    occasion(world, "weather", "beiliu", "yingji")
    occasion(world, "weather")
    look(world)
    named, open_ = proposals(world)
    assert draft(world, named.id)[1]["unit"] == [str(world["beiliu"]), str(world["yingji"])]
    assert set(draft(world, open_.id)[1]["unit"]) == {str(world["fengcheng"]), str(world["beiliu"])}
    assert draft(world, named.id)[1]["type"] == ["advisory"]


def test_a_leader_drafts_nothing(world):
    share(world)
    look(world)
    assert world.as_("leader").get(f"/proposals/draft?rowid={proposals(world)[0].id}").status_code == 403
