"""The files of activities: which ones rows name, and the cleanup of those of records that no undo brings back."""

from crm.files.attaching import FOLDER
from crm.files.jobs import sweep_folder
from crm.files.sweep import EXPECTED, NAMED
from crm.jobs.housekeeping import every_hour
from crm.models.attached_file import AttachedFile

NAMED.setdefault(FOLDER, []).append(lambda files: set(AttachedFile.objects.kept_as(files)))
EXPECTED.append(lambda: AttachedFile.objects.values_list("file", flat=True).distinct())


@every_hour
def attached_files() -> int:
    """Files that no row names, and then the rows whose activity is gone. Other rows may name the files of those: they are removed an
    hour later, when this step is committed and still none does."""
    removed = sweep_folder(FOLDER)
    rows, _by_model = AttachedFile.objects.gone().delete()
    return removed + rows
