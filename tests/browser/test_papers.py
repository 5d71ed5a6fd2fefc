"""Papers in a real browser: laid out on A4 sheets with nothing lost, printed page for page, signed and sent back."""

import re

import pytest

from tests.support.browser import PHONE
from tests.support.factories import picture

pytestmark = [pytest.mark.browser, pytest.mark.one_database]

PAGES = re.compile(rb"/Type\s*/Page\b")
A4 = re.compile(rb"/MediaBox \[0 0 59[45](?:\.\d+)? 84[12](?:\.\d+)?\]")
SHEETS = """all => all.map(sheet => ({
  over: sheet.firstElementChild.scrollHeight - sheet.firstElementChild.clientHeight,
  wide: sheet.scrollWidth - sheet.clientWidth,
  foot: sheet.querySelector(".foot").innerText, text: sheet.firstElementChild.textContent,
  pictures: sheet.querySelectorAll("img").length }))"""


def laid_out(page) -> list[dict]:
    """The sheets, once every picture has come."""
    page.wait_for_selector("[data-print]:not([disabled])")
    assert page.evaluate("Array.from(document.images).every(i => i.complete && i.naturalWidth > 0)")
    sheets = page.locator(".sheet").evaluate_all(SHEETS)
    assert sheets and all(sheet["over"] <= 0 and sheet["wide"] <= 0 for sheet in sheets), sheets
    return sheets


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_a_long_notice_loses_nothing(person, world):
    lines = [f"第{n}行" + f"配电箱{n}无漏电保护" * 12 for n in range(20)]
    lines.append("末" * 1500)  # a paragraph longer than a sheet
    photos = [world.stored(colour) for colour in ("red", "green", "blue") for _ in range(3)]
    hazard_id = world.hazard(description="\n".join(lines), photos=photos)
    page = person("yingji").open(f"/hazards/{hazard_id}/notice").page
    sheets = laid_out(page)
    text = squeezed("".join(sheet["text"] for sheet in sheets))
    assert squeezed("".join(lines)) in text
    assert [sheet["pictures"] for sheet in sheets][-2:] == [6, 3]
    signed = next(sheet for sheet in sheets if "检查单位（盖章）" in sheet["text"])
    assert "整改时限" in signed["text"]  # no signature on a sheet without what is signed
    count = len(sheets)
    assert [f"第{n}页　共{count}页" in sheet["foot"] for n, sheet in enumerate(sheets, 1)] == [True] * count
    printed = page.pdf(prefer_css_page_size=True)
    assert len(PAGES.findall(printed)) == count
    assert len(A4.findall(printed)) == count


def test_many_notices_are_each_numbered_from_one(person, world):
    for n in range(3):
        world.hazard(description=f"第{n}条隐患", photos=[world.stored()] if n else [])
    someone = person("yingji").open("/hazards/")
    someone.page.get_by_label("全选本页").check()
    with someone.page.context.expect_page() as opened:
        someone.page.get_by_role("button", name="打印整改通知单").click()
    sheets = laid_out(opened.value)
    feet = [re.search(r"第\d页　共\d页", sheet["foot"])[0] for sheet in sheets]
    assert sorted(feet) == sorted(["第1页　共1页", *["第1页　共2页", "第2页　共2页"] * 2])
    assert len(PAGES.findall(opened.value.pdf(prefer_css_page_size=True))) == 5


def test_a_timeline_and_a_recheck_of_many_words(person, world):
    hazard_id = world.hazard(photos=[world.stored()])
    for n in range(12):
        world.do("yingji", "chase", hazard_id, comment=f"第{n}次催办" + "请抓紧整改" * 40)
    world.do("firm", "claim", hazard_id, progress="已加装" * 400, after_photos=[world.stored("green")])
    world.do("yingji", "fail_recheck", hazard_id, opinion="仍缺一处" * 200)
    someone = person("firm")
    text = squeezed("".join(one["text"] for one in laid_out(someone.open(f"/hazards/{hazard_id}/timeline").page)))
    assert all(f"第{n}次催办" + "请抓紧整改" * 40 in text for n in range(12))
    sheets = laid_out(someone.open(f"/hazards/{hazard_id}/recheck/1").page)
    text = squeezed("".join(one["text"] for one in sheets))
    assert "已加装" * 400 in text and "仍缺一处" * 200 in text
    assert "四、复查结论" in next(one["text"] for one in sheets if "复查单位（盖章）" in one["text"])


def test_the_signed_notice_is_sent_from_a_phone(person, world):
    hazard_id = world.hazard(heads="李厂长")
    someone = person("fengcheng", PHONE).open(f"/hazards/{hazard_id}")
    someone.page.get_by_role("link", name="上传签收单").click()
    form = someone.page.locator("[data-dialog-content]")
    form.locator("input[type=file]").set_input_files(
        {"name": "签收单.jpg", "mimeType": "image/jpeg", "buffer": picture("white", size=(60, 80))})
    someone.send("签收", form)
    someone.succeeded("签收")
    assert world.read(hazard_id).acknowledged_on == world.day
    assert someone.page.locator("#what .photos, #what .files").count() == 1
