"""House rules: sizes, names, what may be where."""

import ast
import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parents[3]
TRACKED = subprocess.run(
    ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
)
FILES = [ROOT / name for name in TRACKED.stdout.splitlines() if (ROOT / name).is_file()]
PYTHON = [path for path in FILES if path.suffix == ".py"]
PRODUCT = [path for path in PYTHON if path.relative_to(ROOT).parts[0] in {*settings.PRODUCT_APPS, "product"}]
OURS = [path for path in PRODUCT if "migrations" not in path.parts]
TESTS = [path for path in PYTHON if path.relative_to(ROOT).parts[0] == "tests"]
TEMPLATES = [path for path in FILES if path.suffix == ".html"]
STYLES = [path for path in FILES if path.suffix == ".css"]


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))


def lines(path: Path) -> int:
    return path.read_text().count("\n")


def too_long(paths, most: int) -> dict[str, int]:
    return {short(path): lines(path) for path in paths if lines(path) > most}


def test_python_files_have_at_most_400_lines():
    assert too_long((path for path in PYTHON if "migrations" not in path.parts), 400) == {}


def test_a_folder_of_the_product_or_of_the_tests_has_at_most_20_modules():
    """So that a plain list of the files says what is there."""
    modules = [path for path in OURS + TESTS if path.name not in ("__init__.py", "conftest.py")]
    counted = Counter(short(path.parent) for path in modules)
    assert {folder: count for folder, count in counted.items() if count > 20} == {}


def test_the_tests_of_a_package_are_in_a_folder_of_its_name():
    """Or in one that is named like a module. The proof of erasures is about every app."""
    folders = {path.parent.relative_to(ROOT / "tests") for path in TESTS}
    mirrored = {folder for folder in folders if folder.parts[:1] and folder.parts[0] in settings.PRODUCT_APPS}
    strange = {
        str(folder)
        for folder in mirrored
        if not (ROOT / folder).is_dir() and not (ROOT / folder).with_suffix(".py").is_file()
    }
    assert len(mirrored) > 100
    assert strange == {"privacy/proof"}


def test_templates_have_at_most_120_lines_and_stylesheets_250():
    assert too_long(TEMPLATES, 120) == {}
    assert too_long(STYLES, 250) == {}


def test_no_line_of_a_template_is_longer_than_140_characters():
    long = [
        f"{short(path)}:{number}"
        for path in TEMPLATES
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if len(line) > 140
    ]
    assert long == []


def test_a_line_of_a_template_opens_at_most_one_block_element():
    blocks = (
        "article aside dd details dialog div dl dt fieldset footer form h1 h2 h3 h4 header legend li main nav ol "
        "option p section summary table tbody td th thead tr ul"
    )
    opening = re.compile(rf"<(?:{'|'.join(blocks.split())})\b")
    crowded = [
        f"{short(path)}:{number}"
        for path in TEMPLATES
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if len(opening.findall(line)) > 1
    ]
    assert crowded == []


def functions(path: Path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef):
            yield node


def views() -> list[Path]:
    return [path for path in OURS if "views" in path.parts and path.name != "__init__.py"]


def test_views_have_at_most_25_lines():
    long = [
        f"{short(path)}:{node.name}"
        for path in views()
        for node in functions(path)
        if node.end_lineno - node.lineno > 25
    ]
    assert long == []


def test_views_filter_by_the_primary_key_only():
    """Queries read as sentences: any other condition is a named scope."""
    wrong = []
    for path in views():
        for match in re.finditer(r"\.(filter|exclude)\(([^)]*)", path.read_text()):
            if not re.match(r"\s*(pk|pk__in|pk__any|user)=", match[2]):
                wrong.append(f"{short(path)}: {match[0]}")
    assert wrong == []


@pytest.mark.parametrize(
    "word", ["utils", "helpers", "services", "common", "mixins", "handlers", "managers", "base"]
)
def test_no_file_has_a_name_that_says_nothing(word):
    named = [short(path) for path in PRODUCT if path.stem == word or path.parent.name == word]
    assert named == []


def test_every_module_begins_with_a_sentence():
    silent = []
    for path in [path for path in PYTHON if path.read_text().strip() and "migrations" not in path.parts]:
        words = ast.get_docstring(ast.parse(path.read_text())) or ""
        if not words.split("\n\n")[0].rstrip().endswith((".", "?", ":")):
            silent.append(short(path))
    assert silent == []


# Classes with three levels above them, by module, and why. No other module may have any.
DEEPER = {
    "crm.fields.custom.values.custom_types": "A custom field's type is the type of a column, behind a mixin that reads JSON.",
    "crm.fields.custom.values.choice_types": "The cell of a custom field is the cell of a column with more answers.",
    "crm.platform.jobs.job_runner": "Locked and long jobs are two reasons why a job comes again.",
    "crm.records.kinds.kind_registry": "A record type is in three parts, each a file: words, templates, search.",
    "leads.api.connect.connect_leads": "A writing view of CRM Connect is a view of CRM Connect, which is a view of the API.",
}


def find_bases(path) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """{(module, class): its bases as (module, class)}. A name belongs to its module, as two classes may have the same."""
    module = short(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    tree = ast.parse(path.read_text())
    imported = {
        alias.asname or alias.name: (node.module, alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }
    modules = {name: f"{origin}.{own}" for name, (origin, own) in imported.items()}

    def find(base: ast.expr) -> tuple[str, str]:
        if isinstance(base, ast.Attribute) and isinstance(base.value, ast.Name):
            return modules.get(base.value.id, ""), base.attr
        name = base.id if isinstance(base, ast.Name) else ""
        return imported.get(name, (module, name))

    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    return {(module, node.name): [find(base) for base in node.bases] for node in classes}


def test_our_classes_have_at_most_two_levels_of_inheritance():
    bases: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for path in OURS:
        bases |= find_bases(path)

    def count_levels(name: tuple[str, str]) -> int:
        return max(
            (1 + count_levels(base) for base in bases[name] if base in bases and base != name), default=0
        )

    deeper = {name: levels for name in bases if (levels := count_levels(name)) > 2}
    assert {module for module, _name in deeper} == set(DEEPER)
    assert max(deeper.values()) == 3


def test_pages_have_no_inline_style_or_script_and_no_outside_address():
    wrong = []
    for path in TEMPLATES:
        text = path.read_text()
        for pattern in (r"<[^>]+\sstyle=", r"<style", r"<[^>]+\son\w+=", r"<script(?![^>]*\ssrc=)"):
            wrong += [f"{short(path)}: {match[0][:60]}" for match in re.finditer(pattern, text)]
        wrong += [f"{short(path)}: {match[0]}" for match in re.finditer(r'(src|href)="https?://[^"]+', text)]
    assert wrong == []


def test_a_form_with_several_choices_listens_to_all_of_them():
    """htmx binds "from:find" to the first element that it finds."""
    found = [short(path) for path in TEMPLATES if "from:find select" in path.read_text()]
    assert found == []


def test_every_css_variable_that_is_used_is_defined():
    defined = set(re.findall(r"(--[\w-]+)\s*:", "".join(path.read_text() for path in STYLES)))
    used = {
        (name, short(path))
        for path in STYLES
        for name, fallback in re.findall(r"var\((--[\w-]+)\s*(,)?", path.read_text())
        if not fallback
    }
    assert {pair for pair in used if pair[0] not in defined} == set()


def test_raw_colors_are_only_in_the_tokens():
    wrong = [
        short(path)
        for path in STYLES
        if path.name != "tokens.css"
        and re.search(r"#[0-9a-f]{3,8}\b|rgba?\(|hsla?\(|oklch\(", path.read_text())
    ]
    assert wrong == []


def test_every_stylesheet_is_imported_once():
    app = (ROOT / "static/css/app.css").read_text()
    for path in STYLES:
        # The page without a connection has one of its own.
        if path.name not in ("app.css", "offline.css"):
            assert app.count(f'"{path.name}"') == 1, path.name


def test_every_icon_that_a_template_names_is_drawn():
    from crm.platform.web.rendering.icons import ICONS

    used = {name for path in TEMPLATES for name in re.findall(r'{% icon "(\w+)"', path.read_text())}
    assert used - set(ICONS) == set()


def test_no_file_contains_a_registry_address():
    wrong = []
    for path in FILES:
        if (
            path.suffix in (".txt", ".toml", ".cfg", ".md", ".py", ".yml", "")
            and path.stat().st_size < 2_000_000
        ):
            text = path.read_text(errors="ignore")
            if re.search(
                r"(pypi\.org|pythonhosted|--index-url|--extra-index|find-links|registry\.npmjs)", text
            ):
                wrong.append(short(path))
    assert [name for name in wrong if name not in ("tests/house/code/test_files.py", "Makefile")] == []


def test_packages_of_others_are_pinned_and_never_stored():
    packages = {".whl", ".egg", ".gz", ".tgz", ".zip", ".so", ".deb", ".jar"}
    assert [short(path) for path in FILES if path.suffix in packages] == []


def test_tests_are_not_skipped_and_nothing_is_left_to_do():
    wrong = []
    for path in PYTHON:
        if path == Path(__file__):
            continue
        for match in re.finditer(
            r"mark\.(skip|xfail)|pytest\.skip|assert True\b|# ?TODO|# ?FIXME|NotImplementedError\(\)",
            path.read_text(),
        ):
            wrong.append(f"{short(path)}: {match[0]}")
    assert wrong == []
