"""Papers of a delivery, whatever measure it serves: the receipt, the recipient's reply, the decision on more time."""
from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from app.casework.cases import Case
from app.casework.requests import CaseRequest
from app.deliveries.models import Delivery, Reply
from app.deliveries.states import Method, ReplyKind
from app.papers import layout
from app.papers.kinds import PaperKind, Placeholder, paper_kind
from app.papers.words import day, full_names, paragraphs

_cases = Case.__table__
ABOUT = {ReplyKind.PLAN: "整改方案", ReplyKind.RESULT: "整改落实情况的报告"}
ISSUER = Placeholder("issuer", _l("Issuer, its full name"), "阳城县安全生产委员会办公室")
RECIPIENT = Placeholder("recipient", _l("Recipient, its full name"), "凤城镇人民政府")
DOCUMENT = Placeholder("document", _l("The document: title and number"), "《关于某某的督办函》（阳安办函〔2026〕3号）")
TITLE = Placeholder("title", _lp("letter", "Title"), "关于报送整改落实情况的报告")
DATE = Placeholder("date", _lp("letter", "Date"), "2026年3月5日")


def _common(session, delivery: Delivery) -> dict:
    head = session.execute(sa.select(_cases.c.title, _cases.c.number).where(_cases.c.id == delivery.head_id)).one()
    names = full_names(session, [delivery.filed_by_id, delivery.recipient_id])
    return {"issuer": names[delivery.filed_by_id], "recipient": names[delivery.recipient_id],
            "document": f"《{head.title}》（{head.number}）"}


# ── 回执 ───────────────────────────────────────────────────────────────────────────────────────────────────────
def receipt() -> bytes:
    document = layout.blank()
    layout.form(document, "{{ title }}", [
        ("文书名称及文号", "{{ document }}"), ("送达单位", "{{ issuer }}"), ("受送达单位", "{{ recipient }}"),
        ("送达方式", "{{ method }}"), ("送达日期", "{{ served_on }}"), ("签收人", "{{ signed_by }}"),
        ("签收日期", "{{ signed_on }}"), ("备注", "{{ remark }}"),
    ])
    return layout.saved(document)


def receipt_context(session, delivery: Delivery, part_id: int | None = None) -> dict:
    return _common(session, delivery) | {
        "title": "送达回执", "method": str(Method(delivery.method).title), "served_on": day(delivery.served_on),
        "signed_by": delivery.acknowledged_by or "", "signed_on": day(delivery.acknowledged_on),
        "remark": "视为送达" if delivery.deemed else "",
    }


RECEIPT = paper_kind(PaperKind("receipt", _lp("paper", "Receipt"), (
    Placeholder("title", _lp("letter", "Title"), "送达回执"), DOCUMENT, ISSUER, RECIPIENT,
    Placeholder("method", _l("How it was served"), "直接送达"),
    Placeholder("served_on", _l("Served on"), "2026年3月5日"),
    Placeholder("signed_by", _l("Who signed for it"), "某某"),
    Placeholder("signed_on", _l("Signed for on"), "2026年3月6日"),
    Placeholder("remark", _l("Remark"), "视为送达"),
), receipt, receipt_context))


# ── 复函 ───────────────────────────────────────────────────────────────────────────────────────────────────────
def reply() -> bytes:
    document = layout.blank()
    layout.headed(document, "{{ recipient }}", "", "{{ title }}", "{{ issuer }}")
    layout.write(document, "{{ document }}收悉。现将有关情况报告如下：", align=layout.BOTH, indent=True)
    layout.many(document, "text", "{{ item }}")
    layout.given(document, "attachments", "附件：{{ attachments }}", align=layout.BOTH, indent=True)
    layout.write(document, "")
    layout.write(document, "签发人：{{ signer }}", layout.KAI, indent=True)
    layout.write(document, "")
    layout.signed(document, "{{ recipient }}", "{{ date }}")
    return layout.saved(document)


def reply_context(session, delivery: Delivery, part_id: int) -> dict:
    filed = session.get(Reply, part_id)
    return _common(session, delivery) | {
        "title": f"关于报送{ABOUT[ReplyKind(filed.kind)]}", "text": paragraphs(filed.text) or ["详见附件。"],
        "signer": filed.signer, "date": day(filed.filed_on), "attachments": "" if filed.text else "报送材料",
    }


REPLY = paper_kind(PaperKind("reply", _lp("paper", "Reply"), (
    RECIPIENT, ISSUER, DOCUMENT, TITLE,
    Placeholder("text", _l("What is reported, paragraph by paragraph"), ["已完成整改。"]),
    Placeholder("attachments", _l("Attachments"), "整改照片"),
    Placeholder("signer", _l("Signed by"), "某某"), DATE,
), reply, reply_context))


# ── 延期批复 ───────────────────────────────────────────────────────────────────────────────────────────────────
def decision() -> bytes:
    document = layout.blank()
    layout.headed(document, "{{ issuer }}", "", "{{ title }}", "{{ recipient }}")
    asked = "你单位关于{{ document }}延期报送的申请收悉。申请理由：{{ reason }}。经研究，{{ decision }}。"
    layout.write(document, asked, align=layout.BOTH, indent=True)
    layout.given(document, "opinion", "{{ opinion }}", align=layout.BOTH, indent=True)
    layout.write(document, "")
    layout.write(document, "")
    layout.signed(document, "{{ issuer }}", "{{ date }}")
    return layout.saved(document)


def decision_context(session, delivery: Delivery, part_id: int) -> dict:
    """`part_id`: the request; its payload names the day asked for."""
    request = session.get(CaseRequest, part_id)
    approved = request.outcome == "approved"
    asked = dt.date.fromisoformat(request.payload["due"])
    old = day(delivery.original_reply_due)
    said = f"同意由{old}延期至{day(asked)}" if approved else f"不同意延期至{day(asked)}，请按原定期限办理"
    return _common(session, delivery) | {
        "title": "关于延期报送的批复", "reason": request.reason.rstrip("。"), "decision": said,
        "opinion": request.opinion or "", "date": day(request.decided_on),
    }


DECISION = paper_kind(PaperKind("extension_decision", _l("Decision on an extension"), (
    ISSUER, RECIPIENT, DOCUMENT, Placeholder("title", _lp("letter", "Title"), "关于延期报送的批复"),
    Placeholder("reason", _lp("extension", "Reason asked with"), "备件未到货"),
    Placeholder("decision", _l("What was decided"), "同意由2026年3月5日延期至2026年3月20日"),
    Placeholder("opinion", _lp("extension", "Opinion"), "请落实临时管控措施。"), DATE,
), decision, decision_context))
