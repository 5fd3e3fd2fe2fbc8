"""The modules of the engine and what each imports, at its top, within functions and for type checking alike."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]

Graph = Mapping[str, set[str]]


@cache
def get_modules(package: str = "crm") -> dict[str, Path]:
    """The files by the names of their modules: {"crm.records.kinds.kind_registry": …}. Migrations don't count."""
    paths = [path for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts]
    return {name_of_module(path): path for path in paths}


def name_of_module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def read_tree(module: str) -> ast.Module:
    return ast.parse(get_modules()[module].read_text())


@cache
def get_faces() -> dict[tuple[str, str], tuple[str, str]]:
    """Where a name in an __init__.py comes from: {("crm.models", "Job"): ("crm.platform.models.job", "Job")}."""
    return {
        (module, alias.asname or alias.name): (node.module, alias.name)
        for module, path in get_modules().items()
        if path.name == "__init__.py"
        for node in read_tree(module).body
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }


def find_module(module: str, name: str) -> str:
    """The module that a name is from, even if it's imported from a package that only passes it on."""
    known = get_modules()
    while f"{module}.{name}" not in known and (module, name) in get_faces():
        module, name = get_faces()[module, name]
    return f"{module}.{name}" if f"{module}.{name}" in known else module


def read_imports(tree: ast.AST) -> Iterator[str]:
    """The modules of the engine that a syntax tree imports, wherever in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (find_module(node.module, alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def build_graph(but: Iterable[str] = ()) -> Graph:
    """What each module imports of the others. Those in `but` put the engine together and import everything."""
    known = set(get_modules()) - set(but)
    return {module: {*read_imports(read_tree(module))} & known - {module} for module in sorted(known)}


def find_imports_in_functions(text: str) -> list[tuple[int, bool]]:
    """The line of each import statement within a function, and whether a comment says why it's there: above it, on its line,
    or above the imports before it."""
    found: dict[int, bool] = {}
    lines = text.splitlines()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for part in ast.walk(node):
                if isinstance(part, ast.ImportFrom | ast.Import):
                    above = part.lineno - 2
                    while lines[above].strip().startswith(("from ", "import ")):
                        above -= 1
                    own = lines[part.lineno - 1].partition("#")[2].strip()
                    says = lines[above].strip().startswith("# ") or (own and not own.startswith("noqa"))
                    found[part.lineno] = bool(says)
    return sorted(found.items())


def find_circles(graph: Graph) -> list[set[str]]:
    """The groups of modules that all import each other, directly or through others; the largest first.

    Kosaraju's algorithm: what a search through the reversed graph reaches, started from the modules in the reverse order in
    which a search through the graph leaves them."""
    order: list[str] = []
    seen: set[str] = set()
    for module in graph:
        order += reach(graph, module, seen)
    back: dict[str, set[str]] = {module: set() for module in graph}
    for module, imported in graph.items():
        for other in imported:
            back[other].add(module)
    seen = set()
    groups = [set(reach(back, module, seen)) for module in reversed(order)]
    return sorted((group for group in groups if len(group) > 1), key=len, reverse=True)


def reach(graph: Graph, start: str, seen: set[str]) -> list[str]:
    """The modules not seen before that can be reached from one, in the order in which the search leaves them."""
    if start in seen:
        return []
    seen.add(start)
    left: list[str] = []
    path = [(start, iter(sorted(graph[start])))]
    while path:
        module, others = path[-1]
        further = next((other for other in others if other not in seen), None)
        if further is None:
            left.append(module)
            path.pop()
        else:
            seen.add(further)
            path.append((further, iter(sorted(graph[further]))))
    return left
