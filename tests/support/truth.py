"""The declarations of a noun's verbs against the table written by hand beside its tests."""

from itertools import product
from pathlib import Path

from app.access.roles import ROLES
from app.casework.verbs import How, Noun


def granted(path: Path) -> dict[tuple, How]:
    """`{(verb, state, role, relation): how}` of every granted combination."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    found = {}
    for line in lines[1:]:
        *cells, how = line.split("\t")
        for key in product(*(cell.split() for cell in cells)):
            assert key not in found, f"{path.name} grants {key} twice"
            found[key] = How(how)
    return found


def unknown(table: dict, noun: Noun, relations: tuple) -> list[str]:
    """Words of the table that name nothing."""
    known = [set(noun.verbs), set(noun.states), set(ROLES), set(relations)]
    return [word for key in table for word, words in zip(key, known, strict=True) if word not in words]


def differences(table: dict, noun: Noun, name: str, relations: tuple) -> list[str]:
    """Where the declaration of a verb is not the table; who is nothing to the case may nothing."""
    verb, wrong = noun.verbs[name], []
    for state, role, relation in product(noun.states, ROLES, (*relations, None)):
        expected = table.get((name, state.value, role, relation))
        declared = verb.how(state, role, {relation} - {None})
        if expected != declared:
            wrong.append(f"{name} {state} {role} {relation}: the table says {expected}, the declaration {declared}")
    return wrong
