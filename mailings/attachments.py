"""The files that go out with each email of a mailing, and the cleanup that has to keep them."""

from dataclasses import asdict
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from crm.files.attaching import KeptFile, kept
from crm.files.forms import FilesField
from crm.files.refusals import sentence
from crm.web.forms import Form
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
            "Up to %(files)s files, together up to %(megabytes)s MB. Programs can’t be attached."
        ) % {"files": MOST_FILES, "megabytes": MOST_MEGABYTES}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        uploads = data.get("attachments") or []
        if self.dropped:
            self.errors.pop("attachments", None)
            self.add_error("attachments", sentence(self.dropped))
        elif self.mailing.files.count() + len(uploads) > MOST_FILES:
            words = _now("A mailing can have up to %(count)s files.") % {"count": MOST_FILES}
            self.add_error("attachments", words)
        elif size_of(self.mailing) + sum(upload.size or 0 for upload in uploads) > MOST_MEGABYTES * 1_000_000:
            words = _now("The files are too large. Together they may have up to %(megabytes)s MB.")
            self.add_error("attachments", words % {"megabytes": MOST_MEGABYTES})
        return data

    def write(self) -> None:
        """Raises NotKept."""
        with kept(self.cleaned_data["attachments"]) as files:
            MailingFile.objects.bulk_create(row_of(self.mailing, file) for file in files)


def size_of(mailing: Mailing) -> int:
    return mailing.files.aggregate(sum=Sum("size"))["sum"] or 0


def row_of(mailing: Mailing, file: KeptFile) -> MailingFile:
    return MailingFile(mailing=mailing, **asdict(file))


def named(files: list[str]) -> set[str]:
    """Those of these files on the disk that mailings send (crm/files/jobs.py)."""
    return set(MailingFile.objects.filter(file__in=files).values_list("file", flat=True))
