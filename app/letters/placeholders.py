"""What a letter's paper says: its placeholders, and how a letter fills them (四（二）, GB/T 9704-2012)."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from app.deliveries.states import DayUnit
from app.letters.models import Letter, LetterItem
from app.letters.states import Situation
from app.papers import layout
from app.papers.kinds import PaperKind, Placeholder, paper_kind
from app.papers.words import addressed, day, full_names, paragraphs

MECHANISM = "《阳城县安全生产常态抓落实工作机制（试行）》"
DAYS = {DayUnit.NATURAL: "日", DayUnit.WORKING: "个工作日"}


def built_in() -> bytes:
    document = layout.blank()
    layout.headed(document, "{{ issuer }}", "{{ number }}", "{{ title }}", "{{ recipients }}")
    layout.many(document, "grounds", "{{ item }}")
    layout.given(document, "basis", "{{ basis }}", align=layout.BOTH, indent=True)
    layout.given(document, "problems", "存在问题如下：", align=layout.BOTH, indent=True)
    layout.many(document, "problems", "{{ item.number }}. {{ item.text }}{{ item.due }}")
    layout.given(document, "requirements", "现要求如下：", align=layout.BOTH, indent=True)
    layout.many(document, "requirements", "{{ item }}")
    layout.given(document, "deadlines", "{{ deadlines }}", align=layout.BOTH, indent=True)
    layout.given(document, "contact", "（联系人及电话：{{ contact }}）", align=layout.BOTH, indent=True)
    layout.write(document, "")
    layout.write(document, "")
    layout.signed(document, "{{ issuer }}", "{{ date }}")
    layout.write(document, "")
    layout.given(document, "copies", "抄送：{{ copies }}。", size=layout.SIZE_4)
    return layout.saved(document)


def context(session, letter: Letter, part_id: int | None = None) -> dict:
    """`{placeholder: text}` of a letter as it is signed."""
    recipients = [line["unit"] for line in letter.planned] or [d.recipient_id for d in letter.deliveries]
    return {
        "issuer": full_names(session, [letter.filed_by_id])[letter.filed_by_id],
        "number": letter.number or "",
        "title": letter.title,
        "recipients": addressed(session, letter.county_id, recipients),
        "grounds": paragraphs(letter.grounds),
        "basis": basis(letter),
        "problems": [problem(n, item) for n, item in enumerate(letter.items, 1)],
        "requirements": paragraphs(letter.requirements),
        "deadlines": deadlines(letter),
        "contact": letter.contact or "",
        "date": day(letter.signed_on),
        "copies": (letter.copies or "").rstrip("。"),
        "signer": letter.signer or "",
    }


def problem(number: int, item: LetterItem) -> dict:
    due = f"（{day(item.due)}前整改）。" if item.due else "。"
    return {"number": str(number), "text": item.text.rstrip("。；;"), "due": due}


def basis(letter: Letter) -> str:
    """Only clauses that cover the case; where the office goes further, its own requirement is named."""
    items = sorted({t.situation for t in letter.triggers if t.situation})
    own = list(dict.fromkeys(t.own_requirement for t in letter.triggers if t.own_requirement))
    cited = f"依据{MECHANISM}{'、'.join(Situation(item).clause for item in items)}" if items else ""
    return "，".join(filter(None, (cited, "；".join(own)))) + ("，现函告如下。" if cited or own else "")


def deadlines(letter: Letter) -> str:
    """收到之日起: per recipient, from the day it signs."""
    if not letter.reply_required:
        return ""
    unit = DAYS[DayUnit(letter.day_unit)]
    plan = f"{letter.plan_days}{unit}内报送整改方案，" if letter.plan_days else ""
    return f"请自签收本函之日起，{plan}{letter.reply_days}{unit}内书面报送整改落实情况。"


LETTER = paper_kind(PaperKind("letter", _lp("paper", "Letter"), (
    Placeholder("issuer", _l("Issuer, its full name"), "阳城县安全生产委员会办公室"),
    Placeholder("number", _l("Document number"), "阳安办函〔2026〕3号"),
    Placeholder("title", _lp("letter", "Title"), "关于重大事故隐患整改进展缓慢的督办函"),
    Placeholder("recipients", _l("Whom it is addressed to"), "凤城镇人民政府、北留镇人民政府"),
    Placeholder("grounds", _l("Why it is written, paragraph by paragraph"),
                ["近期检查发现，你单位负责整改的隐患逾期未完成。"]),
    Placeholder("basis", _l("The clauses it rests on, or the office's own requirement"),
                f"依据{MECHANISM}四（二）4，现函告如下。"),
    Placeholder("problems", _l("The problems, one by one"),
                [{"number": "1", "text": "配电箱未上锁", "due": "（2026年3月31日前整改）。"}]),
    Placeholder("requirements", _l("What is required, paragraph by paragraph"), ["立即整改，举一反三。"]),
    Placeholder("deadlines", _l("When plan and report are due"),
                "请自签收本函之日起，7个工作日内书面报送整改落实情况。"),
    Placeholder("contact", _l("Contact and telephone"), "某某，0356-0000000"),
    Placeholder("date", _lp("letter", "Date"), "2026年3月5日"),
    Placeholder("copies", _l("Copies to"), "县政府办公室"),
    Placeholder("signer", _l("Signed by"), "某某"),
), built_in, context))
