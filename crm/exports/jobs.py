"""The worker's cleanup of exports."""

from crm.files.store import remove
from crm.jobs.housekeeping import every_hour
from crm.models import Export


@every_hour
def files_of_exports() -> int:
    """Exported files are deleted after FILE_DAYS; their receipts stay."""
    old = list(Export.objects.with_old_files())
    for export in old:
        remove(export.file)
        Export.objects.filter(pk=export.pk).update(file="")
    return len(old)
