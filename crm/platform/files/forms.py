"""A form field for several files, each checked by its content before the form is valid."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from crm.platform.files.error_messages import get_refusal_sentences
from crm.platform.files.limits import describe_limits


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Its value is a list of uploads, which is empty without any."""

    widget = FilesInput

    def __init__(self, **keywords: Any) -> None:
        given = {
            "label": _("Files"),
            "help_text": lazy(describe_limits, str)(),
            "required": False,
            **keywords,
        }
        super().__init__(allow_empty_file=True, **given)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        uploads = [upload for one in data or [] if (upload := super(FilesField, self).clean(one, initial))]
        if wrong := get_refusal_sentences(uploads):
            raise ValidationError(wrong)
        return uploads
