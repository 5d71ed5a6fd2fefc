"""Every screen that a role can reach by clicking, on a desk and on a phone, with the network closed.

The window itself (`browse`) fails on a request to another host and on anything a script or the browser's
policy complains about.
"""

import datetime as dt
import re

import pytest

from app.deliveries.states import DeliveryState
from app.hazards.states import HazardState
from app.letters.states import LetterState
from app.reminders.sweep import remind
from app.tasks.states import TaskState
from tests.browser.people import Person
from tests.conventions.test_words_on_screens import FINE, LATIN
from tests.jobs.support import work_off
from tests.support import delivery_factories as deliveries
from tests.support import escalation_factories as facts
from tests.support import letter_factories as letters
from tests.support import occasion_factories as occasions
from tests.support import task_factories as tasks
from tests.support.axe import violations
from tests.support.browser import DESK, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.one_database]

ROLES = (
    "office", "office_head", "leader", "auditor", "admin",
    "fengcheng", "fengcheng_head", "yingji", "yingji_head", "firm",
)
NOT_SCREENS = re.compile(r"/export|/blank|/files/|/marked|/papers/.*/(template|example|versions)|^#|^mailto:")
SPOKEN = """() => {
  const copy = document.body.cloneNode(true);
  copy.querySelectorAll("code, pre, script, style").forEach(e => e.remove());
  return document.title + " " + copy.textContent; }"""  # a command is typed as it stands
EXAMINED: set[str] = set()
LINKS = "all => all.map(a => a.getAttribute('href'))"


def parts_of(address: str) -> set[str]:
    """A kind of page, and each thing that is asked of it; two that agree look the same but for what is in them."""
    path, _, query = re.sub(r"\d+", "N", address).partition("?")
    return {path, *(f"{path}?{name}" for name in re.findall(r"(\w+)=", query))}


def looked_at(person: Person, address: str) -> list[str]:
    """What is wrong with a page at both sizes; with its colours and names once for each kind of page, on a desk for
    each state of what it shows, whoever comes to it first.
    """
    faults, page = [], person.page
    words, state = page.evaluate(SPOKEN), page.locator(".case-now .state").first
    kind = parts_of(address)
    in_state = {f"{min(kind)} {state.inner_text()}"} if state.count() else set()
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        if person.sideways() > 0:
            faults.append(f"{address}: {person.sideways()} px too wide at {size['width']} px")
        if not EXAMINED.issuperset(kind if size is PHONE else kind | in_state):
            faults += [f"{address} at {size['width']} px: {fault}" for fault in violations(page)]
    EXAMINED.update(kind | in_state)
    english = {word for word in LATIN.findall(words) if word not in FINE}
    return faults + ([f"{address} says {sorted(english)}"] if english else [])


def at_work(world) -> None:
    """Letters in every state, what they lean on, what the engine proposes, and reminders of today."""
    for state in LetterState:
        letters.bring(world, state.value)
    occasions.occasion(world, unit_ids=[world["fengcheng"]])
    for type_ in ("elsewhere", "weather"):
        facts.occasion(world, type_, "fengcheng", "beiliu")
    for days in (3, 12, 22):
        tasks.task(world, "office", ("fengcheng",), due=world.day - dt.timedelta(days=days),
                   happened_on=world.day - dt.timedelta(days=60))
    world.hazard("office", source="assessment", due=world.day - dt.timedelta(days=12),
                 happened_on=world.day - dt.timedelta(days=30), rectifiers=[world["fengcheng"]])
    world.hazard(due=world.day + dt.timedelta(days=10))
    facts.look(world)
    work_off(world.app)  # their papers are written
    with world.system() as session:
        remind(session, world.county.id, world.day)


@pytest.mark.parametrize("username", ROLES)
def test_what_a_role_can_reach(person, world, username):
    """Every link that is offered leads to a page: no door that shuts in one's face."""
    cases = [f"/hazards/{world.bring_to(state)}" for state in HazardState]
    cases.append(f"/hazards/{world.hazard('yingji', description='长' * 400, level='major', criterion_note='第三条')}")
    long = tasks.task(world, content="长" * 400, units=("fengcheng", "beiliu", "yingji"), supporting=("zhujian",))
    shared = [tasks.bring(world, state) for state in TaskState] + [long]
    cases += [f"/tasks/{task_id}" for task_id in shared]
    for state in DeliveryState:
        deliveries.bring(world, state)
    at_work(world)
    someone = person(username)
    reading = someone.page.locator(".sidenav a[href^='/hazards']").count() > 0
    waiting, known, faults = ["/", *(cases if reading else ())], set(), []
    # A draft is its filer's alone, a task its units' and the county's.
    hidden = {cases[0], *(f"/tasks/{task_id}" for task_id in shared)}
    while waiting:
        address = waiting.pop(0)
        answer = someone.page.goto(address)
        if answer.status != 200:
            if not (answer.status == 404 and address in hidden):
                faults.append(f"{address} answers {answer.status}")
            continue
        faults += looked_at(someone, address)
        for link in (link.partition("#")[0] for link in someone.page.locator("a[href]").evaluate_all(LINKS)):
            if link.startswith("/") and not NOT_SCREENS.search(link) and not known.issuperset(parts_of(link)):
                known |= parts_of(link)
                waiting.append(link)
    assert not faults, "\n".join(faults)
    assert len(known) >= 2, f"{username} has nowhere to go"


def test_login_page_and_error_pages(browse, world):
    visitor = Person(browse(), "")
    for address, status in (("/login/", 200), ("/hazards/", 200), ("/nowhere", 404)):
        assert visitor.page.goto(address).status == status
        assert not looked_at(visitor, address)
