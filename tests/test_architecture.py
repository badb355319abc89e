"""The rules that hold the code together, read off its syntax trees: who may know whom, what is named how, what is explained."""

import ast
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# Each may import what stands left of it.
ORDER = ("solvers", "questions", "exam", "web")
FROM_OTHERS = {
    "solvers": {"numpy"},
    "questions": {"numpy", "pydantic", "ruamel"},
    "exam": {"numpy", "pydantic", "ruamel", "argon2", "openpyxl"},
    "web": {
        *("fastapi", "starlette", "uvicorn", "pydantic", "pydantic_core", "jinja2", "typer", "rich"),
        *("nh3", "markdown_it", "mdit_py_plugins", "markupsafe", "contourpy", "babel", "httpx2"),
    },
}
EXCEPTIONS = {
    "solvers/twins/": {"torch"},
    "solvers/experiments/": {"torch"},
    "exam/store": {"sqlalchemy", "alembic"},
}
CLOCKS = {"time", "datetime", "calendar", "zoneinfo", "sched"}
OUTSIDE = {
    *("os", "io", "pathlib", "shutil", "tempfile", "glob", "fileinput", "sqlite3", "dbm", "shelve", "mmap", "fcntl"),
    *("socket", "ssl", "http", "urllib", "asyncio", "threading", "multiprocessing", "subprocess", "concurrent", "logging"),
    *("secrets", "uuid", "locale", "getpass", "platform"),
}
DOES_IO = {"open", "print", "input", "exec", "eval", "__import__", "breakpoint"}
VAGUE = {"util", "utils", "helper", "helpers", "common", "manager", "base", "handler", "misc", "stuff"}
THEIRS = {"get_route_handler"}  # what a framework calls the functions it wants overridden
PURE = [ROOT / "exam" / f"{name}.py" for name in ("layout", "grading", "script", "telling", "grade", "attempts")]
LONGEST_MODULE = 400
LONG = 6  # lines, from where a public function or class owes a docstring

MODULES = [path for package in ORDER for path in sorted((ROOT / package).rglob("*.py"))]
assert len(MODULES) > 20


def named(path):
    return path.relative_to(ROOT).as_posix()


def tree(path):
    return ast.parse(path.read_text(encoding="utf-8"), named(path))


def imports(path):
    """(module, names) of every import statement of a module, wherever it stands."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, ()) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{named(path)}, line {node.lineno}: write imports in full, not relative"
            yield node.module, tuple(alias.name for alias in node.names)


def called(node):
    """The plain name of what a call calls, or ''."""
    return node.func.id if isinstance(node.func, ast.Name) else ""


def definitions(node, prefix=""):
    """Every public class and function with its dotted name; what is inside a function is nobody else's."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and not child.name.startswith("_"):
            yield prefix + child.name, child
            if isinstance(child, ast.ClassDef):
                yield from definitions(child, f"{prefix}{child.name}.")
        elif isinstance(child, (ast.If, ast.Try, ast.With)):
            yield from definitions(child, prefix)


modules = pytest.mark.parametrize("path", MODULES, ids=named)


@modules
def test_a_module_imports_only_what_stands_left_of_it(path):
    package = named(path).split("/")[0]
    ours = {*ORDER[: ORDER.index(package) + 1]}
    allowed = ours | FROM_OTHERS[package] | {name for start, more in EXCEPTIONS.items() if named(path).startswith(start) for name in more}
    for module, _ in imports(path):
        top = module.split(".")[0]
        assert top in sys.stdlib_module_names or top in allowed, (
            f"{named(path)} imports {module}; it may import {', '.join(sorted(allowed))}"
        )


@modules
def test_the_web_knows_the_solvers_only_through_questions_and_exam(path):
    if named(path).startswith("web/"):
        known = [module for module, _ in imports(path) if module.split(".")[0] == "solvers"]
        assert known == [], f"{named(path)} imports {known}: what the web shows comes from questions and exam"


@modules
def test_no_sql_outside_the_store(path):
    if not named(path).startswith("exam/store"):
        assert not {module.split(".")[0] for module, _ in imports(path)} & {"sqlite3", "sqlalchemy", "alembic"}


@modules
def test_only_the_twins_and_experiments_know_torch_and_only_an_audit_knows_the_twins(path):
    for module, names in imports(path):
        if module.split(".")[0] == "torch":
            assert named(path).startswith(("solvers/twins/", "solvers/experiments/"))
        if module.startswith("solvers.twins") or (module == "solvers" and "twins" in names):
            assert named(path) == "exam/audit.py" or named(path).startswith("solvers/twins/")


TRAINS = {f"solvers/experiments/{name}.py" for name in ("networks", "optimisers", "training")}


def test_nothing_imports_torch_or_twins_at_the_top_of_a_module_others_need():
    for path in MODULES:
        if (named(path).startswith("solvers/twins/") and path.name != "__init__.py") or named(path) in TRAINS:
            continue
        for node in tree(path).body:
            names = [alias.name for alias in node.names] if isinstance(node, (ast.Import, ast.ImportFrom)) else []
            source = getattr(node, "module", None) or ""
            assert not any(name.split(".")[0] == "torch" for name in [*names, source]), f"{named(path)}, line {node.lineno}"
            found = [f"{source}.{name}" if source else name for name in names] + [source]
            assert not any(name.startswith("solvers.twins.") for name in found), f"{named(path)}, line {node.lineno}"
            training = {name.removesuffix(".py").replace("/", ".") for name in TRAINS}
            assert not training & set(found), f"{named(path)}, line {node.lineno}: import it where it is used"


@modules
def test_questions_and_solvers_have_no_clock_and_no_database(path):
    if named(path).startswith(("solvers/", "questions/")):
        assert not {module.split(".")[0] for module, _ in imports(path)} & (CLOCKS | {"sqlite3", "secrets", "uuid", "socket", "subprocess"})


@modules
def test_randomness_comes_from_a_seed(path):
    """`Random(seed)` and nothing of the module's own generator; NumPy's and torch's belong to experiments.

    A twin may let torch draw what its initialisers draw, under a seed, in a fork of its generator.
    """
    if not named(path).startswith(("solvers/", "questions/", "exam/")):
        return
    for module, names in imports(path):
        if module == "random":
            assert names == ("Random",), f"{named(path)} imports {names or module} of random; draw from Random(seed)"
        assert not module.startswith("numpy.random")
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and called(node) == "Random":
            assert node.args, f"{named(path)}, line {node.lineno}: Random() without a seed"
        forked = named(path).startswith("solvers/twins/") and "fork_rng" in path.read_text(encoding="utf-8")
        if isinstance(node, ast.Attribute) and node.attr == "random" and not forked:
            assert not isinstance(node.value, ast.Name) or node.value.id not in ("np", "numpy", "torch"), (
                f"{named(path)}, line {node.lineno}"
            )


@pytest.mark.parametrize("path", PURE, ids=named)
def test_grading_does_no_io_and_reads_no_clock(path):
    for module, _ in imports(path):
        assert module.split(".")[0] not in CLOCKS | OUTSIDE, f"{named(path)} imports {module}"
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            where = f"{named(path)}, line {node.lineno}"
            assert called(node) not in DOES_IO, where
            if called(node) == "Random":
                assert [ast.literal_eval(argument) for argument in node.args] == [0], f"{where}: a run of its own must not draw"
            if isinstance(node.func, ast.Attribute):
                assert node.func.attr not in {"read_text", "write_text", "read_bytes", "write_bytes", "unlink", "tofile", "fromfile"}, where
        assert not isinstance(node, (ast.Global, ast.Nonlocal)), f"{named(path)}, line {node.lineno}: grading keeps no state"


@modules
def test_a_module_opens_with_a_caption(path):
    caption = (ast.get_docstring(tree(path)) or "").split("\n\n")[0]
    assert caption, f"{named(path)} opens with no sentence that says what it is"
    assert len(caption) >= 20
    assert caption.rstrip().endswith((".", "?", "…"))


@modules
def test_a_module_can_be_read_in_one_sitting(path):
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST_MODULE, f"{named(path)} has {lines} lines, of at most {LONGEST_MODULE}: it is two modules"


def words(name):
    """The words of an identifier: makeHTMLBase, make_html_base."""
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}


def test_words_of_a_name():
    assert words("makeHTMLBase") == words("make_html_base") == {"make", "html", "base"}
    assert words("database") == {"database"}


@modules
def test_no_name_is_vague(path):
    names = [part.removesuffix(".py") for part in path.relative_to(ROOT).parts] + [name for name, _ in definitions(tree(path))]
    for name in names:
        assert name.split(".")[-1] in THEIRS or not words(name) & VAGUE, f"{named(path)}: {name} says nothing; name the thing"


@modules
def test_what_is_public_and_longer_than_a_glance_says_what_it_does(path):
    silent = [
        name
        for name, node in definitions(tree(path))
        if node.end_lineno - node.lineno + 1 > LONG and not ast.get_docstring(node) and not explained_elsewhere(path, node)
    ]
    assert silent == [], f"{named(path)}: {', '.join(silent)} need a docstring"


def explained_elsewhere(path, node):
    """A validator's name is its sentence, an override is explained where it is first defined, a migration by its caption."""
    decorators = {ast.unparse(decorator).split("(")[0] for decorator in node.decorator_list}
    migration = "/migrations/versions/" in named(path) and node.name in ("upgrade", "downgrade")
    return migration or bool(decorators & {"override", "overload", "model_validator", "field_validator"})
