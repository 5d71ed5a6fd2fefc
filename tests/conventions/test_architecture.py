"""The house's rules that a machine can hold; each message tells the cure."""

import ast
import subprocess
import sys
from pathlib import Path

from app.access.permissions import Permission
from app.access.roles import ROLES

ROOT = Path(__file__).parent.parent.parent
MODULES = sorted((ROOT / "app").rglob("*.py"))
TREES = {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in MODULES}
LONGEST_MODULE, USUAL_FUNCTION, LONGEST_FUNCTION = 300, 28, 40


def found(kind, wanted) -> list[str]:
    """``file:line`` of every node of a kind that is wanted."""
    return [
        f"{name}:{node.lineno}" for name, tree in TREES.items() for node in ast.walk(tree)
        if isinstance(node, kind) and wanted(name, node)
    ]


def test_imports_keep_their_direction():
    """The contracts of pyproject.toml: organization ← access ← casework ← nouns ← workbench, exchange knows no noun."""
    # In a process of its own: it silences every logger there is, and tests that read the log would find nothing.
    linted = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    done = subprocess.run([sys.executable, "-c", linted], cwd=ROOT, capture_output=True, encoding="utf-8")
    said = f"{done.stdout}{done.stderr}"
    assert done.returncode == 0, f"{said}the import named above: hand a value in, or move it to the lower room"


def test_only_a_unit_of_work_commits():
    # The two in the middle: SQLite's statistics, which are no record. The last: what only read.
    allowed = ("app/casework/unit_of_work.py", "app/worker.py", "app/demo/scale/loading.py", "app/extensions.py")

    def commits(name, node):
        return isinstance(node.func, ast.Attribute) and node.func.attr == "commit" and name not in allowed

    assert not found(ast.Call, commits), "wrap the write in `unit_of_work(session)`: a helper never commits"


def test_only_operations_write_a_cases_state():
    """Habit 1: nobody else writes the state column."""
    def writes_state(name, node):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        names = {t.attr for target in targets for t in ast.walk(target) if isinstance(t, ast.Attribute)}
        return bool(names & {"state", "issued"}) and Path(name).name not in (
            "operations.py", "side_operations.py", "cases.py", "verbs.py")

    assert not found((ast.Assign, ast.AugAssign), writes_state), "write a verb in the noun's operations.py"


def test_permissions_stand_in_one_catalogue():
    known = set(Permission)

    def literal(name, node):
        return node.value in known and name != "app/access/permissions.py"

    assert not found(ast.Constant, literal), "name it: `Permission.HAZARDS_READ`"


def test_every_permission_is_somebodys():
    held = set().union(*(role.permissions for role in ROLES.values()))
    assert held == set(Permission), "a permission nobody holds opens nothing: take it out, or give it to a role"


def ninety_fifth(sizes) -> int:
    """The size that 95 in 100 stay within."""
    return sorted(sizes)[int(len(sizes) * 0.95)]


def test_modules_and_functions_are_short():
    modules = [len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES]
    functions = [node.end_lineno - node.lineno + 1 for tree in TREES.values() for node in ast.walk(tree)
                 if isinstance(node, ast.FunctionDef)]
    assert ninety_fifth(modules) <= LONGEST_MODULE and ninety_fifth(functions) <= USUAL_FUNCTION
    long = found(ast.FunctionDef, lambda _name, f: f.end_lineno - f.lineno + 1 > LONGEST_FUNCTION)
    assert not long, f"split by what it is about: {long}"


def test_no_address_of_this_machine():
    told = [
        f"{path.relative_to(ROOT)}" for folder in ("app", "tests", "migrations", "translations", "bench", "docs")
        for path in (ROOT / folder).rglob("*") if path.suffix in (".py", ".html", ".md", ".js", ".css", ".tsv", ".po")
        if path != Path(__file__) and any(word in path.read_text(encoding="utf-8") for word in ("/work/main", "/root/"))
    ]
    assert not told, "a path of one machine means nothing on another"
