"""Tags of existing and of new records: which ones a file adds and which ones it removes."""

from dataclasses import dataclass

import pytest

from tests.decisions.imports.on_paper import COLD, DEFAULTS, FAIR, HOT, OLD, UNCHANGED, added, changed

pytestmark = pytest.mark.usefixtures("on_paper")

TAGS = {"hot": HOT, "cold": COLD, "fair": FAIR, "old": OLD}


def ids(text: str) -> list[int]:
    return sorted(TAGS[name] for name in text.split())


@dataclass(frozen=True)
class Case:
    """`exported` are the tags when the file was made, None for a file that wasn't exported from here; `now` are those in
    the database; `cell` is the one in the file. "old" is a retired tag."""

    exported: str | None
    now: str
    cell: str
    become: str | None = None
    conflict: bool = False
    choice: str = "update"
    empties: bool = True
    error: str = ""


ANY_FILE = {
    "a tag is added": Case(None, "hot", "cold", become="hot cold"),
    "a tag that is missing in the file stays": Case(None, "hot cold", "cold"),
    "an empty cell removes nothing": Case(None, "hot", ""),
    "=CLEAR removes all": Case(None, "hot cold", "=CLEAR", become=""),
    "the same tags": Case(None, "hot cold", "cold, hot"),
    "a tag twice": Case(None, "", "hot, hot", become="hot"),
    "the first tag": Case(None, "", "hot", become="hot"),
    "filling only fills none": Case(None, "hot", "cold", choice="fill"),
    "filling only adds the first tags": Case(None, "", "cold, hot", become="hot cold", choice="fill"),
    "a retired tag isn't added": Case(None, "hot", "old", error="The tag “old” is retired."),
    "a retired tag that the record has stays": Case(None, "hot old", "old, cold", become="hot old cold"),
    "a retired tag that the record has is no error": Case(None, "old", "old"),
    "an unknown tag": Case(None, "hot", "new", error="Unknown tag: “new”."),
}
# If no one has edited the tags since, the file has the last word.
EXPORTED = {
    "a tag that was removed from the cell is removed": Case("hot cold", "hot cold", "hot", become="hot"),
    "a tag that was added to the cell is added": Case("hot", "hot", "hot, cold", become="hot cold"),
    "one was removed and one added": Case("hot", "hot", "cold", become="cold"),
    "an emptied cell removes all": Case("hot cold", "hot cold", "", become=""),
    "unless the user doesn't want that": Case("hot", "hot", "", empties=False),
    "a cell left as exported": Case("hot cold", "hot cold", "cold, hot"),
    "no tags at all": Case("", "", ""),
    "a retired tag stays with the others": Case(
        "hot old", "hot old", "old, hot, fair", become="hot old fair"
    ),
    "a retired tag is removed": Case("hot old", "hot old", "hot", become="hot"),
    "a retired tag isn't added by an export": Case(
        "hot", "hot", "hot, old", error="The tag “old” is retired."
    ),
    "a cell left as exported keeps a tag that others added": Case("hot", "hot cold", "hot"),
    "and doesn't bring back one that others removed": Case("hot cold", "hot", "hot, cold"),
    "an empty cell left as exported keeps what others added": Case("", "cold", ""),
    "both removed the same": Case("hot cold", "hot", "hot"),
    "both added the same": Case("hot", "hot cold", "hot, cold"),
    "one added and the other removed": Case("hot", "hot cold", "", conflict=True),
    "both added, but not the same": Case("hot", "hot cold", "hot, fair", conflict=True),
    "both removed, but not the same": Case("hot cold fair", "hot", "cold", conflict=True),
}
CASES = ANY_FILE | EXPORTED


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_tags_of_an_existing_record(case):
    edited = None if case.exported is None else {}
    if case.exported not in (None, case.now):
        edited = {"tags": ids(case.exported)}
    now = {"tags": ids(case.now)}
    found = changed({"tags": case.cell}, now, edited=edited, choice=case.choice, empties=case.empties)
    assert found.errors == ([("tags", case.error)] if case.error else [])
    assert found.values.get("tags", UNCHANGED) == (UNCHANGED if case.become is None else ids(case.become))
    assert list(found.conflicts) == (["tags"] if case.conflict else [])


@dataclass(frozen=True)
class New:
    """`everyone` are the tags that all new records of the import get."""

    cell: str
    everyone: str = ""
    get: str = ""
    error: str = ""


NEW = {
    "no tags": New(""),
    "those of the row": New("hot, cold", get="hot cold"),
    "those of the import": New("", everyone="fair", get="fair"),
    "both": New("hot", everyone="fair", get="hot fair"),
    "both, and the same": New("hot", everyone="hot", get="hot"),
    "a retired one": New("old", error="The tag “old” is retired."),
    "a retired one of the import": New("", everyone="old", get="old", error="This tag is retired."),
}


@pytest.mark.parametrize("case", NEW.values(), ids=NEW)
def test_tags_of_a_new_record(case):
    row = {"last_name": "Pop", "tags": case.cell}
    found = added(row, defaults=DEFAULTS | {"tags": ids(case.everyone)})
    assert found.errors == ([("tags", case.error)] if case.error else [])
    assert found.values.get("tags", []) == ids(case.get)
