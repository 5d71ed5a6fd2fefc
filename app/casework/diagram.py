"""A noun's states and verbs as a page of documentation, drawn from its declaration."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import combinations_with_replacement

from app.casework.verbs import How, Noun, Verb

AS_SHARES, AS_HEAD = "随各单位的份", "随所属文书"
HOW = {How.OWN: "办", How.PROXY: "代填", How.PAPER: "代录"}


def edges(noun: Noun) -> dict[tuple[str, str], list[Verb]]:
    """`{(from, to): verbs}` of every move between two states, in the order of declaration."""
    found: dict[tuple[str, str], list[Verb]] = {}
    for verb in noun.verbs.values():
        for state in noun.states:
            for to_state in verb.leads_to if state in verb.from_states else ():
                found.setdefault((state, to_state), []).append(verb)
    return found


def following(state_of: Callable[[Iterable[str]], str], share: Noun, most: int = 3) -> tuple[tuple[str, str], ...]:
    """`(from, to)` of a head whose state follows from its shares (`state_of`): what one step of one share changes.

    Tried out on heads of up to `most` issued shares, in every state that a share can be in.
    """
    drafts = {state for state in share.states if state.style == "draft"}
    steps = [(at, to) for at, to in edges(share) if not {at, to} & drafts]
    states = [state for state in share.states if state not in drafts]
    found: dict[tuple[str, str], None] = {}
    for others in (one for n in range(most) for one in combinations_with_replacement(states, n)):
        for at, to in steps:
            move = state_of([*others, at]), state_of([*others, to])
            if move[0] != move[1]:
                found[move] = None
    return tuple(found)


def state_diagram(noun: Noun, follows: Iterable[tuple[str, str]] = ()) -> str:
    """Mermaid; call within an application context, the titles are in the reader's language.

    `follows`: moves that no verb of the noun itself makes.
    """
    lines = ["```mermaid", "stateDiagram-v2"]
    # A share is never a draft: it comes with the issue of its head.
    states = [state for state in noun.states if not (noun.model.is_share and state.style == "draft")]
    lines += [f'    state "{state.title}" as {state.name}' for state in states]
    lines.append(f"    [*] --> {states[0].name}")
    words = {move: [str(verb.title) for verb in verbs] for move, verbs in edges(noun).items() if move[0] != move[1]}
    for move in follows:
        words.setdefault(move, []).append(AS_HEAD if noun.model.is_share else AS_SHARES)
    for (from_state, to_state), titles in words.items():
        lines.append(f"    {noun.states(from_state).name} --> {noun.states(to_state).name}: {'／'.join(titles)}")
    return "\n".join([*lines, "```"])


def verb_table(noun: Noun, relations: Mapping[str, str], roles: Mapping[str, object]) -> str:
    """Markdown: every verb, from where to where, and who may; `relations` and `roles` give the words."""
    rows = ["| 办理 | 在 | 到 | 谁可以办 | 依据 |", "|---|---|---|---|---|"]
    for verb in noun.verbs.values():
        cells = (
            verb.title,
            _titles(noun, (state for state in noun.states if state in verb.from_states)),
            _titles(noun, verb.leads_to) or "不变",
            "；".join(_who(one, relations, roles) for one in verb.who),
            verb.clause or "",
        )
        rows.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(rows)


def role_cells(noun: Noun, roles: Iterable[str]) -> list[tuple[str, tuple[str, ...]]]:
    """`(a verb's title, for each role in which ways)`."""
    roles = [*roles]
    return [(str(verb.title), tuple(_ways(verb, role) for role in roles)) for verb in noun.verbs.values()]


def _ways(verb: Verb, role: str) -> str:
    """Which of the ways is open to a role whose unit stands in the right relation."""
    return "、".join(HOW[how] for how in How if any(one.how is how and role in one.roles for one in verb.who))


def _titles(noun: Noun, states: Iterable[str]) -> str:
    return "、".join(str(noun.states(state).title) for state in states)


def _who(one, relations: Mapping[str, str], roles: Mapping[str, object]) -> str:
    units = "、".join(word for name, word in relations.items() if name in one.relations)
    people = "、".join(str(title) for name, title in roles.items() if name in one.roles)
    return f"{units}的{people}" + ("" if one.how is How.OWN else f"（{HOW[one.how]}）")
