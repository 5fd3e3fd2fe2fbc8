"""The changes of one type of rows for a program: what its user sees of each changed row now."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from crm.api.v2.changes.changed_rows import ChangedRow, read_changed_rows
from crm.api.v2.changes.feed_position import FeedPosition
from crm.api.v2.changes.former_rows import get_formerly_visible_ids
from crm.platform.sql.transaction_numbers import TransactionSnapshot
from crm.records.history.merged_records import get_survivors
from crm.records.paging.index_walk import ROWS_A_PAGE, split_into_growing_parts

ADDED, CHANGED, RESTORED, DELETED, MERGED, HIDDEN = (
    "added",
    "changed",
    "restored",
    "deleted",
    "merged",
    "hidden",
)
WORDS = (ADDED, CHANGED, RESTORED, DELETED, MERGED, HIDDEN)


@dataclass(frozen=True)
class FeedSource:
    """Where the changes of a feed come from. `listed` are the rows that the user sees in lists, `read_texts` returns the JSON of some of
    these by ID; `parts` are other tables whose rows belong to one of these, each with its model and the column that names it."""

    model: Any
    user: Any
    listed: Any
    read_texts: Callable[[Any, list[int]], dict[int, str]]
    parts: dict[str, tuple[Any, str]] = field(default_factory=dict)

    @property
    def tables(self) -> list[str]:
        return [self.model.table, *self.parts]

    def get_texts_of_listed(self, ids: list[int]) -> dict[int, str]:
        """The JSON of those of these rows that the user sees."""
        return self.read_texts(self.listed, ids) if ids else {}

    def get_ids_of_listed(self, ids: list[int]) -> set[int]:
        return set(self.listed.filter(pk__any=ids).values_list("pk", flat=True)) if ids else set()


class FeedEntry(NamedTuple):
    """A row that was changed, and what happened to it, one of `WORDS`; `into` is the record that it was merged into."""

    id: int
    word: str
    at: str
    into: int | None = None

    @property
    def is_there(self) -> bool:
        return self.word in (ADDED, CHANGED, RESTORED)


@dataclass(frozen=True)
class FeedPage:
    """`more` says that there are changes that this page had no room for. `texts` is the JSON of rows that the user sees, of some that
    have no entry too; a row that went away while the page was read has none."""

    entries: list[FeedEntry]
    next: FeedPosition
    more: bool
    texts: dict[int, str] = field(default_factory=dict)


def read_feed_page(
    source: FeedSource, position: FeedPosition, now: TransactionSnapshot, size: int
) -> FeedPage:
    """The rows that changed until `now`, each once, in the order of their last change on this page. It looks through a limited number
    of changes, so it may have few entries, or none, and still more behind it."""
    texts: dict[int, str] = {}
    page = _read_entries(source, position, now, size, texts)
    missing = [entry.id for entry in page.entries if entry.is_there and entry.id not in texts]
    page.texts.update(texts | source.get_texts_of_listed(missing))
    return page


def _read_entries(
    source: FeedSource, position: FeedPosition, now: TransactionSnapshot, size: int, texts: dict[int, str]
) -> FeedPage:
    begun = position.until is not None
    until = position.until or now
    entries: dict[int, FeedEntry] = {}
    for part in split_into_growing_parts(size, ROWS_A_PAGE):
        rows = read_changed_rows(source.tables, position, until, part)
        records = get_record_ids(source, rows)
        ids = list(dict.fromkeys(records.values()))
        if len(ids) > size - len(entries):
            listed = source.get_ids_of_listed(ids)
        else:
            # There is room for all of them, so the statement that says which of them the user sees reads them too.
            found = source.get_texts_of_listed(ids)
            texts |= found
            listed = set(found)
        states = judge_records(source, rows, records, listed)
        read = position.after
        for row in rows:
            state = states.get(records[row.id])
            if state and state.id not in entries and len(entries) == size:
                return FeedPage([*entries.values()], position.continue_after(until, read), more=True)
            if state:
                entries[state.id] = _combine_entries(entries.pop(state.id, None), state)
            read = (row.number, row.id)
        position = position.continue_after(until, read)
        if len(rows) < part:
            # Behind the pages of earlier snapshots, there is what came since.
            return FeedPage([*entries.values()], FeedPosition(until), more=begun)
        if len(entries) == size:
            break
    return FeedPage([*entries.values()], position, more=True)


def _combine_entries(earlier: FeedEntry | None, later: FeedEntry) -> FeedEntry:
    """A row that was added and then changed is an added one."""
    if earlier and later.word == CHANGED and earlier.word in (ADDED, RESTORED):
        return later._replace(word=earlier.word)
    return later


def get_record_ids(source: FeedSource, rows: list[ChangedRow]) -> dict[int, int]:
    """The ID of the row that each change is about, by the ID of the change; for a part, that of the row that it belongs to."""
    found = {row.id: row.row for row in rows if row.table == source.model.table}
    for table, (model, column) in source.parts.items():
        changes = [row for row in rows if row.table == table]
        ids = list({row.row for row in changes})
        present = dict(model.objects.filter(pk__any=ids).values_list("pk", column)) if ids else {}
        for row in changes:
            deleted, _none = row.fields.get(column, (None, None))
            found[row.id] = present.get(row.row) or deleted or 0
    return found


def judge_records(
    source: FeedSource, rows: list[ChangedRow], records: dict[int, int], listed: set[int]
) -> dict[int, FeedEntry]:
    """What the user is told about each of these records, by ID; nothing about one that they don't see and didn't see before. `listed`
    are those that they see."""
    model = source.model
    last = {records[row.id]: row.at for row in rows}
    own = [row for row in rows if row.table == model.table]
    words = get_words_of_listed(own)
    found = {pk: FeedEntry(pk, words.get(pk, CHANGED), last[pk]) for pk in last if pk in listed}
    gone = get_formerly_visible_ids(model, source.user, [row for row in own if row.row not in listed])
    if not gone:
        return found
    hidden = set(model.objects.present().filter(pk__any=list(gone)).values_list("pk", flat=True))
    survivors = get_survivors(model.table, list(gone - hidden))
    seen = source.get_ids_of_listed(list(survivors.values()))
    for pk in gone:
        into = survivors.get(pk)
        word = HIDDEN if pk in hidden else MERGED if into in seen else DELETED
        found[pk] = FeedEntry(pk, word, last[pk], into if word == MERGED else None)
    return found


def get_words_of_listed(rows: list[ChangedRow]) -> dict[int, str]:
    """Whether each of these rows, which are there now, was added, restored or changed."""
    words: dict[int, str] = {}
    for row in rows:
        if row.kind == "insert":
            words[row.row] = ADDED
        elif row.fields.get("deleted_at", (None,))[0] and words.get(row.row) != ADDED:
            words[row.row] = RESTORED
        else:
            words.setdefault(row.row, CHANGED)
    return words
