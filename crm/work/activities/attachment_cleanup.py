"""The files of activities: which ones rows name, and the cleanup of those of records that no undo brings back."""

from crm.platform.files.attachment_storage import ATTACHMENT_FOLDER
from crm.platform.files.jobs import sweep_folder
from crm.platform.files.orphaned_files import NamedFiles
from crm.platform.jobs.housekeeping import every_hour
from crm.work.models.attached_file import AttachedFile
from crm.work.models.email_envelope import EmailEnvelope

FILES = NamedFiles(
    ATTACHMENT_FOLDER,
    named=lambda files: set(AttachedFile.objects.kept_as(files)),
    expected=lambda: AttachedFile.objects.values_list("file", flat=True).distinct(),
)


@every_hour
def remove_orphaned_attachments() -> int:
    """Files that no row names, and then the rows whose activity is gone. Other rows may name the files of those: they are removed an
    hour later, when this step is committed and still none does."""
    removed = sweep_folder(ATTACHMENT_FOLDER)
    rows, _by_model = AttachedFile.objects.of_deleted_activities().delete()
    return removed + rows


@every_hour
def remove_orphaned_envelopes() -> int:
    """Those of emails that no undo brings back."""
    return EmailEnvelope.objects.all().of_deleted_activities().delete()[0]
