"""What a letter's title and grounds make of the record that it rests on."""
import datetime as dt

from app.letters import shown
from tests.support.letter_factories import answers, bring, do


def test_a_title_with_quotes_of_its_own_stands_in_the_letter_s_quotes_and_days_are_written_out(client):
    one = shown.Shown(1, "task_share", "RW-2026-0023", "自建房整治“回头看”", dt.date(2026, 6, 30), dt.date(2026, 1, 5))
    with client.application.test_request_context():
        assert shown.fact(one, dt.date(2026, 11, 30)) == \
            "“自建房整治‘回头看’”（RW-2026-0023）应于2026年6月30日前完成，至今未完成。"
        assert shown.subject(one, "督办函") == "关于抓紧落实“自建房整治‘回头看’”的督办函"


def test_who_drafts_on_a_record_sees_the_letter_that_rests_on_it_already(world):
    hazard = world.hazard(description="配电箱无漏电保护")
    office, fresh = world.as_("office"), f"/letters/new?situation=4&shown_by={hazard}"
    assert "同一记录已经发过" not in office.get(fresh).text
    letter_id = bring(world, "issued", triggers=[{"situation": "4", "own_requirement": None, "shown_by_id": hazard}])
    page = office.get(fresh).text
    assert "同一记录已经发过" in page and f"/letters/{letter_id}\"" in page
    assert do(world, "office_head", "void", letter_id, **{**answers(world, "void")})
    assert "同一记录已经发过" not in office.get(fresh).text
