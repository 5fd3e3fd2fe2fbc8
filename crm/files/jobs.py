"""The worker's cleanup of attached files: those of records that no undo brings back, and those that were never attached."""

from collections.abc import Callable

from crm.files.attaching import FOLDER, remove
from crm.files.disk import older_than
from crm.files.thumbnails import ENDING
from crm.jobs.housekeeping import every_hour
from crm.models import AttachedFile

# A file is written before the row that names it, in a request that takes minutes at most.
DAY = 24 * 60 * 60
# Names that are looked up at once.
PORTION = 5_000
# Where higher apps name files that aren't attached yet: each returns those of the given files that it names.
ALSO_NAMED: list[Callable[[list[str]], set[str]]] = []


@every_hour
def attached_files() -> int:
    """Files on the disk that no row names, and then the rows whose activity is gone. The files of those are removed an hour
    later, when this step is committed."""
    found = sorted({f"{FOLDER}/{path.name.removesuffix(ENDING)}" for path in older_than(DAY, FOLDER)})
    removed = 0
    for start in range(0, len(found), PORTION):
        portion = found[start : start + PORTION]
        others = (named(portion) for named in ALSO_NAMED)
        for file in set(portion).difference(AttachedFile.objects.kept_as(portion), *others):
            remove(file)
            removed += 1
    rows, _by_model = AttachedFile.objects.gone().delete()
    return removed + rows
