"""Settings: each of them read and worded, typed as it is meant, its plans and its past in sight."""

import datetime as dt
import re
from pathlib import Path

import pytest
import sqlalchemy as sa

import app as product
from app.administration.settings_views import told
from app.organization.settings import DEFINITIONS, FIXED, GROUPS, Setting, values

CODE = "\n".join(
    path.read_text() for path in Path(product.__file__).parent.rglob("*.py") if path.name != "settings.py"
)
ENGLISH = re.compile(r"[A-Za-z]{4,}")  # of a title; fonts, standards and units have names of their own


def held(world, key: str, day: dt.date):
    with world.system() as session:
        return values(session, world.county.id, day)[key]


def rows(world) -> list[Setting]:
    with world.system() as session:
        return session.scalars(sa.select(Setting).order_by(Setting.id)).all()


def put(world, key: str, value, days: int = 0, who: str = "admin"):
    day = world.day + dt.timedelta(days=days)
    return world.as_(who).send(f"/settings/{key}/edit", {"value": value, "valid_from": day.isoformat()})


@pytest.mark.parametrize("key", DEFINITIONS)
@pytest.mark.one_database
def test_every_setting_is_read_somewhere_and_speaks_chinese(app, key):
    one = DEFINITIONS[key]
    assert f'"{key}"' in CODE, f"nobody reads {key}: a setting that changes nothing is none"
    assert one.group in GROUPS and one.source
    if isinstance(one.default, int) and not isinstance(one.default, bool):
        assert one.least <= one.default <= one.most
    with app.test_request_context():
        for text in (str(one.title), str(one.help), str(one.source).replace("GB/T", ""), str(one.unit)):
            assert not ENGLISH.search(text), f"{key}: {text} has no Chinese; see make translate"


def test_the_page_tells_what_holds_what_is_planned_and_what_held(world):
    put(world, "warning_days", "5")
    put(world, "warning_days", "6")
    put(world, "warning_days", "9", days=30)
    page = world.as_("admin").get("/settings/").text
    row = page[page.index('id="warning_days"'):]
    row = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row[:row.index("</tr>")]))
    assert "6天" in row and "3天" in row, "what holds, and the default"
    assert "计划 2026-04-19 起：9天" in row and "以前的1次 2026-03-20 起：5天" in row
    assert "admin的人 于2026-03-20设定" in row
    for one in FIXED:
        assert not one.clause or f"#{one.clause}" in page
    assert "只增不减，永久保存" in page and "《网络安全法》第二十一条" in page


def test_a_plan_is_taken_back_and_stays_in_the_history(world):
    put(world, "warning_days", "5")
    put(world, "warning_days", "9", days=30)
    planned, admin, later = rows(world)[-1], world.as_("admin"), world.day + dt.timedelta(days=40)
    assert held(world, "warning_days", later) == 9
    assert admin.send(f"/settings/{planned.id}/withdraw").status_code == 302
    assert held(world, "warning_days", later) == 5 and [row.value for row in rows(world)] == [5, 9, 5]
    page = admin.get("/settings/").text
    assert "撤销</button>" not in page and "9天" in page
    assert admin.send(f"/settings/{rows(world)[0].id}/withdraw").status_code == 422, "what holds is not taken back"
    assert admin.send(f"/settings/{planned.id + 100}/withdraw").status_code == 404
    assert len(rows(world)) == 3


def test_another_county_s_plan_is_not_there(world):
    put(world, "warning_days", "9", days=30)
    (planned,) = rows(world)
    assert world.as_("other_admin").send(f"/settings/{planned.id}/withdraw").status_code == 404
    assert world.as_("office").send(f"/settings/{planned.id}/withdraw").status_code == 403
    assert len(rows(world)) == 1


def test_yes_or_no(world):
    admin = world.as_("admin")
    assert 'type="radio"' in admin.get("/settings/one_session/edit").text
    assert put(world, "one_session", "1").status_code == 302
    assert held(world, "one_session", world.day) is True and ">是<" in admin.get("/settings/").text
    put(world, "one_session", "0")
    assert held(world, "one_session", world.day) is False
    assert admin.send("/settings/one_session/edit", {"valid_from": "2026-03-20"}).status_code == 422


@pytest.mark.parametrize(("key", "value"), [
    ("password_length", "7"), ("password_length", "65"), ("backup_hour", "24"), ("warning_days", "0"),
    ("warning_days", "３"), ("warning_days", "-1"), ("warning_days", "3.5"), ("warning_days", ""),
    ("title_font", "字" * 61), ("title_font", " "),
])
def test_what_is_out_of_range_is_refused_with_the_range(world, key, value):
    answer = put(world, key, value)
    assert answer.status_code == 422 and rows(world) == []
    if value.strip() and key != "title_font":
        assert f"{DEFINITIONS[key].least}到{DEFINITIONS[key].most}之间" in answer.text


def test_nought_may_be_a_value(world):
    assert put(world, "backup_hour", "0").status_code == 302
    assert held(world, "backup_hour", world.day) == 0


def test_a_value_from_yesterday_is_refused(world):
    assert put(world, "warning_days", "5", days=-1).status_code == 422


@pytest.mark.one_database
def test_which_value_counts():
    day, definition = dt.date(2026, 3, 20), DEFINITIONS["warning_days"]

    def row(number: int, value: int, days: int) -> Setting:
        return Setting(id=number, key="warning_days", value=value, valid_from=day + dt.timedelta(days=days))

    first, second, same, plan, kept = row(1, 4, -9), row(2, 5, 0), row(3, 6, 0), row(4, 7, 9), row(5, 7, 12)
    found = told(definition, [first, second, same, plan, kept], day)
    assert (found.now, found.planned, found.past) == (same, [plan], [kept, second, first])
    assert told(definition, [], day).value == 3 and told(definition, [row(1, 3, 5)], day).planned == []
