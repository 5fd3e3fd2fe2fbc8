"""Changes of what a mailing says, as operations."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from crm.records.history.verb_execution import Verb
from mailings.mailing_changes import get_mailing_name
from mailings.models import Mailing


class EditMailingContent(Verb):
    kind = "edit_mailing_content"
    icon = "mail"

    @classmethod
    def get_right(cls, model: Any) -> str:
        return "mailings.change_mailing"

    @classmethod
    def get_label(cls, parameters, kind):
        return _("Edit the content of the mailing “%(name)s”") % {"name": get_mailing_name(parameters)}

    @classmethod
    def describe_finality(cls, record):
        drafts = Mailing.objects.in_state(Mailing.State.DRAFT)
        if drafts.filter(pk__in=record.parameters.get("rows", [])).exists():
            return ""
        return _lazy("The mailing is no longer a draft.")


class AttachMailingFiles(EditMailingContent):
    kind = "attach_mailing_files"
    icon = "upload"

    @classmethod
    def get_label(cls, parameters, kind):
        return _("Attach files to the mailing “%(name)s”") % {"name": get_mailing_name(parameters)}


class RemoveMailingFile(EditMailingContent):
    kind = "remove_mailing_file"
    icon = "bin"

    @classmethod
    def get_label(cls, parameters, kind):
        return _("Remove a file from the mailing “%(name)s”") % {"name": get_mailing_name(parameters)}
