"""The files that go out with each email of a mailing, and the cleanup that has to keep them."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from crm.models import Change, Operation
from crm.platform.files.attachment_storage import ATTACHMENT_FOLDER, store_uploads
from crm.platform.files.error_messages import get_refusal_sentence
from crm.platform.files.forms import FilesField
from crm.platform.files.kept_file import KeptFile
from crm.platform.files.orphaned_files import NamedFiles
from crm.platform.web.rendering.form_rendering import Form
from crm.records.editing.settings_change import record_settings_change
from mailings.models import Mailing, MailingFile

# Together, because they are sent to each recipient and many mail servers refuse larger emails.
MOST_MEGABYTES = 10
MOST_FILES = 5


class AttachForm(Form):
    """`dropped` is why a file was rejected while it arrived."""

    attachments = FilesField(label=_("Files"), required=True)
    unmarked = True

    def __init__(self, *arguments: Any, mailing: Mailing, dropped: str = "", **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.mailing, self.dropped = mailing, dropped
        self.fields["attachments"].help_text = _now(
            "Up to %(files)s files, together up to %(megabytes)s MB. Executable files can’t be attached."
        ) % {"files": MOST_FILES, "megabytes": MOST_MEGABYTES}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        uploads = data.get("attachments") or []
        sent = self["attachments"].data or []
        too_large = get_too_large_reason(
            self.mailing, sum(one.size or 0 for one in sent), is_larger=self.dropped == "size"
        )
        if too_large:
            # Instead of the limit for one file, which is higher.
            self.errors.pop("attachments", None)
            self.add_error("attachments", too_large)
        elif self.dropped:
            self.errors.pop("attachments", None)
            self.add_error("attachments", get_refusal_sentence(self.dropped))
        elif self.mailing.files.count() + len(uploads) > MOST_FILES:
            words = _now("A mailing can have up to %(count)s files.") % {"count": MOST_FILES}
            self.add_error("attachments", words)
        return data

    def write(self, by: User) -> Operation:
        """Raises NotKept."""
        mailing = self.mailing
        with (
            store_uploads(self.cleaned_data["attachments"]) as files,
            record_settings_change(
                "attach_mailing_files", by=by, rows=[mailing.pk], name=mailing.subject
            ) as record,
        ):
            MailingFile.objects.bulk_create(build_file_row(mailing, file) for file in files)
        return record


def remove_file(file: MailingFile, by: User) -> Operation:
    mailing = file.mailing
    with record_settings_change(
        "remove_mailing_file", by=by, rows=[mailing.pk], name=mailing.subject
    ) as record:
        file.delete()
    return record


def copy_files(mailing: Mailing, copy: Mailing) -> None:
    files = mailing.files.order_by("pk")
    MailingFile.objects.bulk_create(build_file_row(copy, KeptFile.from_attached(file)) for file in files)


def get_too_large_reason(mailing: Mailing, more: int = 0, *, is_larger: bool = False) -> str:
    """A sentence if its files, and so many bytes more, are too large for an email, or ''. An undo may bring files back. `is_larger`
    says that they are known to be."""
    size = mailing.files.aggregate(sum=Sum("size"))["sum"] or 0
    if not is_larger and size + more <= MOST_MEGABYTES * 1_000_000:
        return ""
    words = _now("The files are too large. Together they may have up to %(megabytes)s MB.")
    return words % {"megabytes": MOST_MEGABYTES}


def build_file_row(mailing: Mailing, file: KeptFile) -> MailingFile:
    return MailingFile(mailing=mailing, **asdict(file))


def all_files_queryset() -> QuerySet:
    return MailingFile.objects.values_list("file", flat=True).distinct()


def get_named_files(files: list[str]) -> set[str]:
    """Those of these files that mailings send, or would after an undo (crm/platform/files/orphaned_files.py)."""
    since = timezone.now() - timedelta(days=settings.UNDO_DAYS)
    removed = Change.objects.deletions_since(since).filter(table=MailingFile.table, fields__file__0__in=files)
    rows = MailingFile.objects.filter(file__in=files)
    return {*rows.values_list("file", flat=True), *removed.values_list("fields__file__0", flat=True)}


FILES = NamedFiles(ATTACHMENT_FOLDER, get_named_files, all_files_queryset)
