"""The rules of docs/architecture.md that a machine can hold."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# An app imports only from those left of it; the project's own top may import all of them.
ORDER = [
    "flashspace.base",
    "flashspace.dialects",
    "accounts",
    "billing",
    "listings",
    "bookings",
    "consultants",
    "support",
]
TOP = ORDER.index("support") + 1
# What any module may import: the environment and the version know nothing of the rest.
GROUND = {"flashspace", "flashspace.env"}
# Left to right, inside an app: a module imports only from its own layer and those left of it.
LAYERS = [
    {"enums", "exceptions", "validators"},
    {"models", "querysets", "policies"},
    {"services", "selectors"},
    {"tasks", "receivers", "admin", "api", "management", "integrity", "health", "views", "urls", "apps"},
]
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "shared_utils"}
LONGEST_MODULE, LONGEST_TEST, LONGEST_FUNCTION = 400, 600, 60
# Calls that write wherever they stand, and those that write when what they are called on is a query.
WRITES = {
    "save",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
    "atomic",
    "select_for_update",
    "on_commit",
}
QUERY_WRITES = {"create", "update", "delete"}
QUERIES = ("objects", ".filter(", ".exclude(", ".all(", "queryset")
FORBIDDEN = ("../shared", "/work/", "files.pythonhosted.org", "pypi.org/simple", "registry.npmjs.org")


def tracked() -> list[Path]:
    """Files of the project: in Git, or about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [Path(name) for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


FILES = tracked()
MODULES = [path for path in FILES if path.suffix == ".py" and "migrations" not in path.parts]
CODE = [path for path in MODULES if path.parts[0] != "tests"]


def tree(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"), str(path))


def dotted(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and full name of everything imported, also inside functions."""
    package = dotted(path).split(".") if path.name == "__init__.py" else dotted(path).split(".")[:-1]
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = (
                [*package[: len(package) - node.level + 1], *([node.module] if node.module else [])]
                if node.level
                else [node.module or ""]
            )
            yield from ((node.lineno, ".".join([*base, alias.name])) for alias in node.names)


def rank(name: str) -> int | None:
    """Where a dotted name stands in ORDER; None for what is not ours."""
    for place, prefix in enumerate(ORDER):
        if name == prefix or name.startswith(f"{prefix}."):
            return place
    if name in GROUND or name.startswith("flashspace.env") or name == "flashspace.__version__":
        return -1
    return TOP if name.startswith("flashspace.") else None


def layer(name: str) -> int | None:
    """The layer of a module inside its app; None for the app itself and for plain modules of pure functions."""
    parts = name.split(".")
    return next((place for place, names in enumerate(LAYERS) if len(parts) > 1 and parts[1] in names), None)


def allowed_layer_break(importer: str, imported: str) -> bool:
    """A task is what a service puts off: it is imported inside a function where both would import each other."""
    return layer(importer) == 2 and imported.split(".")[1:2] == ["tasks"]


def broken_imports() -> Iterator[str]:
    for path in CODE:
        importer = dotted(path)
        own = rank(importer)
        for line, imported in imports(path):
            theirs = rank(imported)
            if own is not None and theirs is not None and theirs > own:
                yield f"{path}:{line}: {importer.split('.')[0]} imports {imported}"


def broken_layers() -> Iterator[str]:
    for path in CODE:
        importer = dotted(path)
        mine = layer(importer)
        if mine is None or importer.split(".")[0] == "flashspace":
            continue
        for line, imported in imports(path):
            theirs = layer(imported)
            same_app = imported.split(".")[0] == importer.split(".")[0]
            if same_app and theirs is not None and theirs > mine and not allowed_layer_break(importer, imported):
                yield f"{path}:{line}: {importer} imports {imported}"


def is_write(call: ast.Call) -> bool:
    if not isinstance(call.func, ast.Attribute):
        return False
    name, receiver = call.func.attr, ast.unparse(call.func.value)
    return name in WRITES or (name in QUERY_WRITES and any(word in receiver for word in QUERIES))


def api_writes() -> Iterator[str]:
    for path in CODE:
        if "api" not in path.parts[:-1]:
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and is_write(node):
                yield f"{path}:{node.lineno}: {ast.unparse(node.func)} belongs into a service"


def long_functions() -> Iterator[str]:
    for path in CODE:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > LONGEST_FUNCTION:
                    yield f"{path}:{node.lineno}: {node.name} has {lines} lines"


def long_modules() -> Iterator[str]:
    for path in MODULES:
        most = LONGEST_TEST if path.parts[0] == "tests" else LONGEST_MODULE
        lines = (ROOT / path).read_text(encoding="utf-8").count("\n")
        if lines > most:
            yield f"{path}: {lines} lines"


def vague_names() -> Iterator[str]:
    for path in MODULES:
        if VAGUE & {part.removesuffix(".py") for part in path.parts}:
            yield f"{path}: name the thing"


def foreign_words() -> Iterator[str]:
    for path in FILES:
        if path == Path("tests/test_architecture.py") or path.parts[0] == "requirements":
            continue
        try:
            text = (ROOT / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            yield from (f"{path}:{number}: {word}" for word in FORBIDDEN if word in line)


def uploads() -> Iterator[str]:
    yield from (str(path) for path in FILES if path.parts[0] in {"var", "media", "uploads", "private", "staticfiles"})


@pytest.mark.parametrize(
    "rule",
    [
        broken_imports,
        broken_layers,
        api_writes,
        long_functions,
        long_modules,
        vague_names,
        foreign_words,
        uploads,
    ],
    ids=lambda rule: rule.__name__,
)
def test_rule_holds(rule: object) -> None:
    assert list(rule()) == []  # type: ignore[operator]


@pytest.mark.parametrize(
    ("code", "writes"),
    [
        ("Booking.objects.create(x=1)", True),
        ("self.get_queryset().update(x=1)", True),
        ("Booking.objects.filter(x=1).delete()", True),
        ("booking.save()", True),
        ("transaction.atomic()", True),
        ("super().create(request)", False),
        ("digest.update(b'x')", False),
    ],
)
def test_a_write_is_known(code: str, writes: bool) -> None:
    (call,) = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Expr)]
    assert is_write(call.value) is writes  # type: ignore[arg-type]


def test_order_and_layers_are_told_apart() -> None:
    names = [
        "flashspace.env",
        "flashspace.base.clock",
        "flashspace.dialects.views",
        "accounts.models",
        "support",
        "flashspace.urls",
    ]
    ranks = [rank(name) for name in names]
    assert ranks == sorted(ranks, key=lambda place: place or 0)
    assert rank("django.db") is None
    assert [layer(name) for name in ("accounts", "accounts.enums", "accounts.services.mail", "accounts.api.x")] == [
        None,
        0,
        2,
        3,
    ]
