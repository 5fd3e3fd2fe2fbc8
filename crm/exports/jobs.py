"""The worker's cleanup of exports."""

from crm.jobs.housekeeping import every_hour
from crm.models import Export


@every_hour
def files_of_exports() -> int:
    """Exported files are deleted after FILE_DAYS; their receipts stay."""
    old = list(Export.objects.with_old_files())
    for export in old:
        export.path.unlink(missing_ok=True)
    Export.objects.filter(pk__in=[export.pk for export in old]).update(file="")
    return len(old)
