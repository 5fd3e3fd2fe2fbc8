"""The worker's cleanup of files: those of records that no undo brings back, and those that no row names."""

from crm.platform.files.attachment_storage import ATTACHMENT_FOLDER, remove_with_thumbnail
from crm.platform.files.orphaned_files import DAY, NAMED, find_unnamed_files, may_sweep
from crm.platform.files.store import remove_unfinished
from crm.platform.files.temporary_files import remove_abandoned_drafts
from crm.platform.jobs.housekeeping import every_hour, every_hour_on_each_machine


@every_hour
def remove_files_left_behind() -> int:
    """Exported and imported files that no row names any more, such as when the store couldn't be reached while a person was
    erased."""
    return sum(sweep_folder(folder) for folder in NAMED if folder != ATTACHMENT_FOLDER)


@every_hour_on_each_machine
def remove_temporary_files() -> int:
    """What processes of this machine that were killed have left."""
    return remove_abandoned_drafts()


def sweep_folder(folder: str) -> int:
    """Removes the files of a folder that no row names, and returns their number."""
    if not may_sweep():
        return 0
    removed = remove_unfinished(DAY, folder)
    for file in find_unnamed_files(folder):
        remove_with_thumbnail(file)
        removed += 1
    return removed
