"""Casts the demo county's tasks: this year's list and last year's, from content/tasks.tsv.

Pure and seeded: the same `today` gives the same stories, and nothing here touches a database.
"""
from __future__ import annotations

import datetime as dt
import random

from app.casework.deadlines import WorkCalendar
from app.demo.content import rows
from app.demo.task_courses import FOLLOW_UPS, LED_BY, METHODS, SHARE_COURSES, ShareCourse, TaskStep, TaskStory
from app.tasks.rules import last_day, periods_due

COUNT = 100  # more than the table holds: all of it
TOWNSHIPS = (
    "凤城镇", "北留镇", "润城镇", "町店镇", "芹池镇", "次营镇", "横河镇", "河北镇", "蟒河镇", "东冶镇", "演礼镇",
    "白桑镇", "寺头乡", "西河乡", "董封乡",
)
ALL_TOWNSHIPS = "各乡镇"
SUPPORTED_BY = "；配合："
BASIS = "演示晋市安〔{year}〕31号"
TERMINATED = "上级调整建设方式，转由市级统建，本级任务终止。"
# Whoever signs in to try the product finds something to do: (task, unit) → the course of its share.
SHOWN = {("A22", "凤城镇"): "unsigned", ("A22", "北留镇"): "started", ("A24", "凤城镇"): "running",
         ("A24", "北留镇"): "claimed", ("A23", "县应急管理局"): "running", ("A26", "阳城县锦绣丝织厂"): "unsigned",
         ("A2", "凤城镇"): "kept", ("A9", "河北镇"): "reopened", ("A6", "北留镇"): "overdue"}


def task_stories(today: dt.date, calendar: WorkCalendar | None = None) -> list[TaskStory]:
    """All tasks of the demo county that were assigned up to `today`, in the order of the days."""
    calendar = calendar or WorkCalendar()
    told = [story for row in rows("tasks") if (story := _story(row, today, calendar)).issued <= today]
    told.sort(key=lambda story: story.issued)  # stable: a parent stands before its sub-task
    told = told[:COUNT]
    for story in told:
        rng = random.Random(f"task/{story.key}")
        if story.course != "draft":
            steps = _instances(story, rng, calendar, today) if story.course == "series" else _shares(
                story, rng, calendar, today)
            story.steps = _until_it_ended([*steps, *_of_the_head(story, rng, calendar, today)])
    return told


def _until_it_ended(steps: list[TaskStep]) -> list[TaskStep]:
    """In the order of the days; once the task is terminated, its units do nothing more."""
    steps = sorted(steps, key=lambda step: step.day)
    asked = next((step.day for step in steps if step.verb == "ask_terminate"), dt.date.max)
    return [step for step in steps if step.day <= asked or not step.unit]


def _story(row: dict, today: dt.date, calendar: WorkCalendar) -> TaskStory:
    issued = calendar.next_workday(_day(row["issued"], row["year"], today))
    issued = issued if _day(row["issued"], row["year"], today) > today else min(issued, today)
    leading, _mark, supporting = row["units"].partition(SUPPORTED_BY)
    everywhere = leading == ALL_TOWNSHIPS
    return TaskStory(
        key=row["key"], year=issued.year, issuer=row["issuer"], source=row["source"],
        document_number=row["document_number"].format(year=issued.year) or None, content=row["content"],
        measures=row["measures"], leading=TOWNSHIPS if everywhere else tuple(leading.split("、")),
        supporting=tuple(supporting.split("、")) if supporting else (),
        unit_words=ALL_TOWNSHIPS if everywhere and not supporting else None, due_kind=row["due_kind"], issued=issued,
        due=_day(row["due"], row["year"], today) if row["due"] else None, course=row["course"], parent=row["parent"],
        previous=row["previous"], reports=tuple(row["reports"].split("|")),
    )


def _day(words: str, year: str, today: dt.date) -> dt.date:
    """``03-15`` of the list's year, or a number of days from today."""
    month, dash, day = words.partition("-")
    if dash and month:
        return dt.date(today.year - (year == "last"), int(month), int(day))
    return today + dt.timedelta(days=int(words))


def _shares(story: TaskStory, rng, calendar, today) -> list[TaskStep]:
    courses = SHARE_COURSES[story.course]
    steps = []
    for n, unit in enumerate(story.units):
        drawn = rng.choices(list(courses), list(courses.values()))[0]
        course = SHOWN.get((story.key, unit)) or (LED_BY.get(story.course, drawn) if n == 0 else drawn)
        steps += ShareCourse(story, unit, rng, calendar, today).run(course)
    return steps


def _instances(story: TaskStory, rng, calendar, today) -> list[TaskStep]:
    """Each period's instance, spawned on its first day, and what its units do; the present period is under way."""
    steps = []
    for period in periods_due(story.due_kind, story.year, story.issued, today):
        due = last_day(period)
        months = 2 if "Q" in period else 0
        spawned = max(story.issued, dt.date(due.year, due.month - months, 1))
        if spawned > story.issued:
            steps.append(TaskStep(spawned, "spawn", "", f"clerk:{story.issuer}", {}, period))
        for unit in story.units:
            course = ShareCourse(story, unit, rng, calendar, today)
            course.monthly(spawned, due, period, late=rng.random() < 0.06)
            steps += course.steps
    return steps


def _of_the_head(story: TaskStory, rng, calendar, today) -> list[TaskStep]:
    """What the issuer does with the whole task: 跟踪督办, and ending it early."""
    found, issuer = [], f"clerk:{story.issuer}"
    if story.due_kind == "date" and story.course not in ("fresh", "asked"):
        for share in (0.4, 0.75):
            day = calendar.next_workday(story.issued + (story.due - story.issued) * share)
            data = {"followed_on": day, "method": rng.choice(METHODS), "text": rng.choice(FOLLOW_UPS)}
            found.append(TaskStep(day, "follow_up", "", issuer, data))
    if story.course == "terminated":
        day = calendar.next_workday(story.issued + dt.timedelta(days=90))
        found = [step for step in found if step.day < day]
        asked = {"reason": TERMINATED, "basis": BASIS.format(year=day.year)}
        found.append(TaskStep(day, "ask_terminate", "", issuer, asked))
        after = calendar.next_workday(day + dt.timedelta(days=1))
        found.append(TaskStep(after, "approve_terminate", "", f"head:{story.issuer}", {"comment": "同意终止。"}))
    return [step for step in found if step.day <= today]
