"""The docs are short and true: each room has a README, each decision its page, and what they name exists."""

import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

from tests.house.code.test_floors import FLOORS

ROOT = Path(__file__).resolve().parents[3]
TRACKED = subprocess.run(
    ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
)
FILES = sorted(path for name in TRACKED.stdout.splitlines() if (path := ROOT / name).is_file())
PAGES = [path for path in FILES if path.suffix == ".md"]
ROOMS = [
    path for path in PAGES if path.name == "README.md" and path.parent != ROOT and "docs" not in path.parts
]
DECISIONS = [
    path for path in PAGES if path.parent == ROOT / "docs" / "decisions" and path.name != "README.md"
]
SCALING = [path for path in PAGES if path.parent == ROOT / "docs" / "scaling" / "design"]
# The most words of a page. Those of a README beside code have 300 at least.
ROOM = 900
ANY_PAGE = 2_500
# Nobody reads these from end to end: the table of requirements, and tables of figures that `make bench` writes.
LOOKED_UP = {"docs/security.md", "docs/figures.md", "docs/figures_beyond.md", "docs/figures_mapping.md"}
MOST_WORDS = {
    **{name: ANY_PAGE for path in PAGES if (name := str(path.relative_to(ROOT))) not in LOOKED_UP},
    "docs/run.md": 3_000,
    "CONTRIBUTING.md": 600,
    **dict.fromkeys((str(path.relative_to(ROOT)) for path in ROOMS), ROOM),
    **dict.fromkeys((str(path.relative_to(ROOT)) for path in DECISIONS), 1_100),
    **dict.fromkeys((str(path.relative_to(ROOT)) for path in SCALING), 1_400),
}
# A folder with more modules has its own README, a smaller one may share that of the folder above.
OWN = 10
SHARED = 3
# The README above these says what they have.
ALIKE = {"views", "verbs", "models", "migrations", "commands", "management"}
SECTIONS = ["Words", "How it works", "Never", "Where to begin"]
TEXTS = {".md", ".py", ".toml", ".yml", ".yaml", ".sh", ".html", ".cfg", ".js", ".css"}
NAMED = re.compile(r"`([^`\s]+\.(?:py|md|js|css|html|sh|yml|yaml|toml|json|txt|xlsx))`")
MODULE = re.compile(r"(?<![\w/.{}*-])((?:\w+/)*\w+\.py)\b")
FOLDER = re.compile(r"`(\w[\w/-]*/)`")
# Names of functions and the like: `carry_out`, `tell()`; and those with their file: `HoldsText` in `crm/…/search.py`.
FUNCTION = re.compile(r"`(?:(\w+)\([^`]*\)|([a-z][a-z0-9]*(?:_[a-z0-9]+)+))`")
WITH_FILE = re.compile(r"`(?:\w+\.)*(\w+)(?:\([^`]*\))?`\s+in\s+`([^`\s]+\.py)`")
# Tables of the database that Django names, programs of others, and examples.
ELSEWHERE = {
    "crm_outgoingemail",
    "pg_auto_failover",
    "pg_upgrade",
    "postgres_fdw",
    "crm_change_2026",
    "new_7",
}
# Where the headers of other programs are from.
SOURCES_OF_OTHERS = {"crm/site/leadadmin.py", "addons/crm/models/crm_lead.py"}
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
SECTION = re.compile(r'([\w./-]+\.md)(?:, | \()((?:"[^"\n]+"(?:, | and )?)+)')
PAGE = re.compile(r"(?<![\w/.-])docs/[\w/-]+\.md")


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))


def words(path: Path) -> int:
    return len(path.read_text().split())


def headings(path: Path) -> list[str]:
    text = re.sub(r"^```.*?^```", "", path.read_text(), flags=re.M | re.S)
    return re.findall(r"^#+ (.*)$", text, re.M)


def anchors(path: Path) -> set[str]:
    """The anchors of a page, as GitHub makes them of its headings."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings(path)}


def rooms_of_code() -> Iterator[tuple[Path, int]]:
    """Each folder of product code with the number of its modules."""
    folders = {
        path.parent
        for path in FILES
        if path.suffix == ".py" and short(path).split("/")[0] in settings.PRODUCT_APPS
    }
    for folder in sorted(folders):
        if not ALIKE & set(folder.relative_to(ROOT).parts):
            yield folder, sum(path.name != "__init__.py" for path in folder.glob("*.py"))


def is_there(name: str, page: Path) -> bool:
    """Whether a file that a page names exists: from the top or from the page's folder. The README of the whole and pages in
    docs may name any file without its folder, and each page one that apps have, such as `apps.py`."""
    if (ROOT / name).exists() or (page.parent / name).exists():
        return True
    if "/" not in name and any((ROOT / app / name).exists() for app in settings.PRODUCT_APPS):
        return True
    anywhere = page.parent == ROOT or "docs" in page.parts
    return anywhere and "/" not in name and any(path.name == name for path in FILES)


def is_of_ours(name: str) -> bool:
    """Whether it names a file of the repository, and none of a server, a pattern, or another program."""
    return not re.search(r"[*<>{}…$]|^[/~.]|^var/|://", name) and (
        name.endswith(".py") or (ROOT / name.split("/")[0]).is_dir()
    )


def test_pages_are_no_longer_than_people_read():
    assert {name: words(ROOT / name) for name, most in MOST_WORDS.items() if words(ROOT / name) > most} == {}


def test_the_readme_of_a_room_has_300_words_at_least():
    assert {short(path): words(path) for path in ROOMS if words(path) < 300} == {}


@pytest.mark.parametrize("floor", [floor for floor in FLOORS if (ROOT / "crm" / floor).is_dir()])
def test_each_floor_of_the_engine_has_a_readme_that_says_what_it_imports(floor):
    text = (ROOT / "crm" / floor / "README.md").read_text()
    assert re.search(r"\bimports?\b", text)


def test_each_room_has_a_readme():
    without = []
    for folder, modules in rooms_of_code():
        own = (folder / "README.md").exists()
        # The engine is no room: each floor has its own README.
        shared = folder.parent != ROOT / "crm" and (folder.parent / "README.md").exists()
        if modules > SHARED and not own and (modules > OWN or not shared):
            without.append(short(folder))
    assert without == []


@pytest.mark.parametrize("path", ROOMS, ids=short)
def test_the_readme_of_a_room_says_what_it_is_for_and_where_to_begin(path):
    title, purpose = path.read_text().split("\n\n")[:2]
    assert title.startswith("# ")
    assert " is for " in purpose.replace("\n", " ")
    assert re.fullmatch(r"[^.]+(?:\.\w[^.]*)*\.", purpose.replace("\n", " ")), "One sentence"
    assert re.findall(r"^## (.*)$", path.read_text(), re.M) == SECTIONS


@pytest.mark.parametrize("path", [*DECISIONS, *SCALING], ids=short)
def test_a_decision_has_its_date_what_was_refused_and_when_to_look_again(path):
    text = path.read_text()
    assert re.match(r"# .+\n\nDecided 20\d\d-\d\d-\d\d\b", text)
    wanted = ["What was refused", "When to look again"]
    assert headings(path)[-2:] == wanted
    if path in DECISIONS:
        assert "Figures" in headings(path)


def test_each_decision_is_in_the_list_of_decisions():
    listed = (ROOT / "docs" / "decisions" / "README.md").read_text()
    assert [short(path) for path in [*DECISIONS, *SCALING] if f"{path.name})" not in listed] == []


@pytest.mark.parametrize("path", PAGES, ids=short)
def test_each_file_that_a_page_names_exists(path):
    names = NAMED.findall(path.read_text())
    assert [name for name in names if is_of_ours(name) and not is_there(name, path)] == []


def test_each_module_that_a_comment_names_exists():
    dead = []
    for path in FILES:
        if path.suffix != ".py" or short(path).split("/")[0] not in {*settings.PRODUCT_APPS, "product"}:
            continue
        places = [ROOT, path.parent, *(ROOT / app for app in settings.PRODUCT_APPS)]
        names = set(MODULE.findall(path.read_text())) - SOURCES_OF_OTHERS
        dead += [f"{short(path)}: {n}" for n in names if not any((place / n).is_file() for place in places)]
    assert dead == []


@pytest.mark.parametrize("path", PAGES, ids=short)
def test_each_folder_that_a_page_names_exists(path):
    names = [name for name in FOLDER.findall(path.read_text()) if not name.startswith("var/")]
    places = [ROOT, path.parent, *(ROOT / app for app in settings.PRODUCT_APPS)]
    assert [name for name in names if not any((place / name).is_dir() for place in places)] == []


@cache
def names_in_code() -> set[str]:
    texts = (path.read_text(errors="replace") for path in FILES if path.suffix in TEXTS - {".md"})
    return {name for text in texts for name in re.findall(r"\w+", text)}


@pytest.mark.parametrize("path", PAGES, ids=short)
def test_each_function_that_a_page_names_exists(path):
    names = {one or other for one, other in FUNCTION.findall(path.read_text())} - ELSEWHERE
    assert names - names_in_code() == set()


@pytest.mark.parametrize("path", PAGES, ids=short)
def test_each_name_that_a_page_gives_with_its_file_is_in_that_file(path):
    wrong = []
    for name, file in WITH_FILE.findall(path.read_text()):
        page = next((page for page in (ROOT / file, path.parent / file) if page.is_file()), None)
        if page and not re.search(rf"\b{name}\b", page.read_text()):
            wrong.append(f"{name} in {file}")
    assert wrong == []


@pytest.mark.parametrize("path", PAGES, ids=short)
def test_each_link_of_a_page_leads_to_a_file_and_a_heading(path):
    dead = []
    for link in LINK.findall(path.read_text()):
        if "://" in link or link.startswith("mailto:"):
            continue
        name, _hash, anchor = link.partition("#")
        # One that begins with a slash begins at the top, so a room can move with its links.
        page = (ROOT / name[1:] if name.startswith("/") else path.parent / name).resolve() if name else path
        if not page.exists() or (anchor and page.suffix == ".md" and anchor not in anchors(page)):
            dead.append(link)
    assert dead == []


def test_each_page_that_a_file_names_exists_and_has_the_section():
    dead = []
    for path in FILES:
        if path.suffix not in TEXTS or path == Path(__file__):
            continue
        text = path.read_text()
        if ".md" not in text:
            continue
        text = re.sub(r"\s+", " ", re.sub(r"\n *# ", " ", text))
        dead += [f"{short(path)}: {name}" for name in PAGE.findall(text) if not (ROOT / name).exists()]
        for name, quoted in SECTION.findall(text):
            page = next((page for page in (ROOT / name, path.parent / name) if page.is_file()), None)
            sections = re.findall(r'"([^"]+)"', quoted)
            if page:
                dead += [f"{short(path)}: {name}, {each}" for each in sections if each not in headings(page)]
    assert dead == []


def test_each_test_that_a_page_names_exists():
    written = "".join(
        path.read_text() for path in FILES if path.name.startswith("test_") and path.suffix == ".py"
    )
    names = {name for path in PAGES for name in re.findall(r"`(test_\w+)`", path.read_text())}
    assert {name for name in names if f"def {name}(" not in written} == set()
