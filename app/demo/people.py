"""Invented persons of the demo county: those who can sign in, and the colleagues who fill the other posts.

No name, number or address belongs to anybody: names are drawn from lists, telephone numbers begin with a zero
that no exchange assigns.
"""
from __future__ import annotations

import datetime as dt
import random
import secrets
from dataclasses import dataclass

import sqlalchemy as sa
from werkzeug.security import generate_password_hash

from app.access.hats import Hat, hats_of
from app.organization.models import Organization, Post, User

# The accounts of issue §7, in its order: username, unit (None: the county itself), role, title of the post, name.
ACCOUNTS = (
    ("anban", "县安委办", "county_clerk", "综合科科员", "郭文静"),
    ("anban_head", "县安委办", "county_head", "安委办主任", "原国平"),
    ("fengcheng", "凤城镇", "unit_clerk", "安监站填报员", "王海涛"),
    ("fengcheng_head", "凤城镇", "unit_reviewer", "分管副镇长", "卫秀英"),
    ("beiliu", "北留镇", "unit_clerk", "安监站填报员", "李晓燕"),
    ("beiliu_head", "北留镇", "unit_reviewer", "分管副镇长", "张建军"),
    ("yingji", "县应急管理局", "unit_clerk", "综合科填报员", "茹慧敏"),
    ("yingji_head", "县应急管理局", "unit_reviewer", "分管副局长", "延志强"),
    ("zhujian", "县住建局", "unit_clerk", "安监科填报员", "陈丽娟"),
    ("zhujian_head", "县住建局", "unit_reviewer", "分管副局长", "吴振华"),
    ("qiye", "阳城县锦绣丝织厂", "enterprise", "安全员", "栗素芳"),
    ("leader", None, "leader", "分管副县长", "田向阳"),
    ("auditor", "县安委办", "auditor", "审计员", "侯学文"),
    ("admin", "县安委办", "administrator", "系统管理员", "潘佳宁"),
)
_SURNAMES = (
    "郭", "王", "李", "张", "刘", "陈", "杨", "赵", "吴", "周", "原", "田", "卫", "上官",
    "裴", "栗", "茹", "延", "潘", "成", "吉", "马", "宋", "崔", "段", "侯", "范", "秦",
    "邢", "常",
)
_GIVEN = (
    "建军", "晓燕", "志强", "文静", "海涛", "国平", "秀英", "永红", "瑞霞", "小军", "立新",
    "慧敏", "俊峰", "丽娟", "卫东", "向阳", "学文", "春梅", "振华", "雪琴", "云飞", "素芳",
    "宏伟", "佳宁", "晋生", "玉兰", "鹏程", "晓东", "明亮", "艳萍", "中林", "婷婷", "根旺",
    "书琴", "泽宇", "改梅", "育才", "雅楠", "天佑", "凤仙",
)


def person(key: str) -> str:
    """An invented name; the same key gives the same name."""
    rng = random.Random(f"person/{key}")
    return rng.choice(_SURNAMES) + rng.choice(_GIVEN)


def phone(key: str) -> str:
    """A number of the right shape that cannot ring: no local number begins with 000."""
    return f"0356-000{random.Random(f'phone/{key}').randrange(10_000):04d}"


def is_firm(name: str) -> bool:
    """The demo's enterprises bear the county's name, its offices do not."""
    return name.startswith("阳城县")


@dataclass
class Staff:
    """The hats of the demo county by unit; hats are plain values and outlive the session that read them."""

    clerks: dict[str, Hat]
    heads: dict[str, Hat]
    enterprises: dict[str, Hat]


def load_people(session, county: Organization, units: dict[str, int], colleagues: list[str], password: str) -> None:
    """The accounts (`demo=True`), and one clerk per unit in `colleagues`, whom nobody can sign in as yet.

    `units`: short name (or name of an enterprise) → id.
    """
    have = set(session.scalars(sa.select(User.__table__.c.username)))
    shared = generate_password_hash(password)
    closed = generate_password_hash(secrets.token_urlsafe(24))
    rows = [(*account, True) for account in ACCOUNTS]
    kinds = {False: ("unit_clerk", "填报员"), True: ("enterprise", "安全员")}
    for n, unit in enumerate(colleagues, start=1):
        rows.append((f"staff{n:03d}", unit, *kinds[is_firm(unit)], person(f"{unit}/0"), False))
    for username, unit, role, title, name, demo in rows:
        if username in have:
            continue
        user = User(
            username=username, first_name="", last_name=name, email=f"{username}@demo.invalid",
            active=True, password=shared if demo else closed, county_id=county.id, phone=phone(username), demo=demo,
        )
        session.add(user)
        session.flush()
        session.add(Post(user_id=user.id, organization_id=units[unit] if unit else county.id, role=role, title=title))
    session.flush()


def hats(session, units: dict[str, int], day: dt.date) -> Staff:
    """Everybody's hat, by the short name of the unit."""
    names = {number: name for name, number in units.items()}
    staff = Staff({}, {}, {})
    shelves = {"unit_clerk": staff.clerks, "county_clerk": staff.clerks, "unit_reviewer": staff.heads,
               "county_head": staff.heads, "enterprise": staff.enterprises}
    for user in session.scalars(sa.select(User).order_by(User.id)):
        for hat in hats_of(session, user, day):
            if hat.role in shelves and hat.organization_id in names:
                shelves[hat.role].setdefault(names[hat.organization_id], hat)
    return staff
