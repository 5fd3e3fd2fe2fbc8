"""Files in the store that no row names, such as of a request that failed after its file was stored, and files that are missing.

A file is stored before its row is written, and requests and jobs that do both take minutes at most. So a file that is older
than a day and named by no row will never be.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Model
from django.utils import timezone

from crm.models import Installation
from crm.platform.files.store import find_files_older_than, get_installation_mark, list_file_names
from crm.platform.files.thumbnails import THUMBNAIL_ENDING

DAY = 24 * 60 * 60
# Names that are looked up at once.
PORTION = 5_000


@dataclass(frozen=True)
class NamedFiles:
    """Where rows name files of a folder of the store: `named` returns those of the given files that they name, `expected` all of
    them that must be there."""

    folder: str
    named: Callable[[list[str]], set[str]]
    expected: Callable[[], Iterable[str]]


# The first of these functions by the folder.
NAMED: dict[str, list[Callable[[list[str]], set[str]]]] = {}
# The second ones.
EXPECTED: list[Callable[[], Iterable[str]]] = []


def register_files(files: NamedFiles) -> None:
    NAMED.setdefault(files.folder, []).append(files.named)
    EXPECTED.append(files.expected)


def find_files_named_in_rows(model: type[Model], files: list[str]) -> set[str]:
    """Those of these files that the rows of a model name in their column `file`."""
    return set(model._base_manager.filter(file__in=files).values_list("file", flat=True))


def find_unnamed_files(folder: str) -> Iterator[str]:
    """The files of a folder that are older than a day and that no row names, with their thumbnails. Raises StoreAway."""
    found = sorted({file.removesuffix(THUMBNAIL_ENDING) for file in find_files_older_than(DAY, folder)})
    for start in range(0, len(found), PORTION):
        portion = found[start : start + PORTION]
        yield from sorted(set(portion).difference(*(named(portion) for named in NAMED[folder])))


def may_sweep() -> bool:
    """Not in the store of another installation, and not soon after a restore: an older database names fewer files. Raises
    StoreAway."""
    own = Installation.objects.first()
    if own is None:
        return not get_installation_mark()
    rested = own.sweeps_from is None or own.sweeps_from < timezone.now()
    return rested and get_installation_mark() == own.key


def find_missing_files() -> list[str]:
    """The files that rows name and that aren't in the store. Raises StoreAway."""
    there = {file for folder in NAMED for file in list_file_names(folder)}
    return [file for file in get_expected_files() if file not in there]


def get_expected_files() -> list[str]:
    """The files that rows name."""
    return sorted({file for find in EXPECTED for file in find()})
