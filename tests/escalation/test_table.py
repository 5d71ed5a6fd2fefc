"""Every line of table.tsv, the regulation as a table, on both databases. A rule that differs is an error in
app/escalation/rules, or a changed rule; then change the table first.
"""

from collections import defaultdict
from pathlib import Path

from app.escalation.rules import BY_NAME
from app.escalation.states import Measure
from tests.escalation.table import DAY, WHO, make
from tests.support.escalation_factories import look, proposals

TABLE = Path(__file__).parent / "table.tsv"
MEASURES = {"催办": Measure.CHASE, "提示函": Measure.ADVISORY, "提醒函": Measure.REMINDER,
            "督办函": Measure.SUPERVISORY, "约谈": Measure.INTERVIEW, "提请留意": Measure.NOTICE}


def expected() -> dict[tuple[str, str], set[tuple]]:
    """`{(source, situation): {(measure, clause, by whom, to whom)}}`."""
    found = defaultdict(set)
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    for line in lines[1:]:
        source, event, measure, *more = line.split("\t")
        found[source, event] |= set() if measure == "无" else {(measure, *more)}
    return found


def said(world, proposal) -> tuple:
    """A proposal in the words of the table's columns, units by their codes."""
    units = {unit: code for code, unit in world.county.units.items()}
    measure = next(words for words, one in MEASURES.items() if one == proposal.measure)
    return measure, BY_NAME[proposal.rule].clause, units[proposal.proposer_id], units.get(proposal.recipient_id)


def test_every_line_of_the_table(world):
    world.move_to(DAY)
    lines = expected()
    subjects = {make(world, *line): line for line in lines}
    assert len(subjects) == len(lines)
    look(world, DAY)
    found, wrong = defaultdict(set), []
    for proposal in proposals(world, "open"):
        if proposal.subject_id in subjects:
            found[subjects[proposal.subject_id]].add(said(world, proposal))
    for line, wanted in lines.items():
        coded = {(measure, clause, WHO[by], WHO[to]) for measure, clause, by, to in wanted}
        got = {(*one[:3], one[3] if any(one[:3] == w[:3] and w[3] for w in coded) else None) for one in found[line]}
        if got != coded:
            wrong.append(f"{line}: the table says {coded or '无'}, the rules {found[line] or '无'}")
    assert not wrong, "\n".join(wrong)
