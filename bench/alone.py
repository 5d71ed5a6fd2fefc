"""Our own pages without any peer: each role's, in a small county and in a large one, by turns."""
from __future__ import annotations

import random
import statistics

from bench.client import Client
from bench.county import PASSWORD, USER, County
from tests.support.processes import Running

PEOPLE = {"county": USER, "township": "fengcheng", "department": "yingji", "enterprise": "qiye"}
PAGES = {
    "list": "/hazards/", "state tab": "/hazards/?state=rectifying", "overdue": "/hazards/?due=over",
    "keyword": "/hazards/?q=%E4%B8%B4%E6%97%B6%E7%94%A8%E7%94%B5", "workbench": "/",
}


def compare(small: County, large: County, samples: int) -> dict[str, dict[str, tuple[float, float]]]:
    """`{page: {role: (ms in the small county, ms in the large one)}}`, medians."""
    with Running(small.folder, DATABASE_URL=small.url) as one, Running(large.folder, DATABASE_URL=large.url) as other:
        clients = {role: [Client(server.port, name, PASSWORD) for server in (one, other)]
                   for role, name in PEOPLE.items()}
        jobs = [(page, role, which) for page in PAGES for role in PEOPLE for which in (0, 1)]
        taken = {job: [] for job in jobs}
        for turn in range(-2, samples):
            random.Random(turn).shuffle(jobs)
            for page, role, which in jobs:
                answer = clients[role][which].get(PAGES[page])
                assert answer.status == 200 and b"</html>" in answer.body, (page, role, answer.status)
                if turn >= 0:
                    taken[page, role, which].append(answer.milliseconds)
    return {page: {role: tuple(statistics.median(taken[page, role, which]) for which in (0, 1)) for role in PEOPLE}
            for page in PAGES}


def table(found: dict, small: int, large: int) -> str:
    lines = [f"| ms at {small:,} → {large:,} hazards (×) | {' | '.join(PEOPLE)} |", "|---" * (len(PEOPLE) + 1) + "|"]
    for page, roles in found.items():
        cells = [f"{before:.0f} → {after:.0f} (**{after / before:.2f}**)" for before, after in roles.values()]
        lines.append(f"| {page} | {' | '.join(cells)} |")
    return "\n".join(lines)
