"""The input for a file in the form of a record: it keeps, replaces or removes the file.

A browser doesn't send a file twice. If a form isn't saved yet, the page names the file that was uploaded with it in a hidden
input, which only the server can write and only this user can use.
"""

from dataclasses import asdict
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.functional import lazy

from crm.platform.files.error_messages import get_refusal_sentences
from crm.platform.files.kept_file import KeptFile
from crm.platform.files.limits import describe_limit

SALT = "crm.fields.custom.files"
# Seconds for which a form can be sent again with its file. The sweep removes files that no row names after a day.
UNSAVED_SECONDS = 12 * 60 * 60
REMOVE = "remove"


class FileChoiceInput(forms.FileInput):
    """`held` is the file that the record has, `unsaved` one that was uploaded with this form before it could be saved;
    `user_id` is the user whose form it is, and `address` where the held file is downloaded."""

    template_name = "forms/_file_input.html"
    held: KeptFile | None = None
    unsaved: KeptFile | None = None
    user_id = 0
    address = ""

    def value_from_datadict(self, data, files, name):
        """A new file, one that was uploaded before, False to remove what is there, or None to change nothing."""
        if upload := files.get(name):
            return upload
        if data.get(f"{name}-{REMOVE}"):
            return False
        return self._open_sealed(name, data.get(f"{name}-unsaved", ""))

    def value_omitted_from_data(self, data, files, name):
        return not any(key in data or key in files for key in (name, f"{name}-{REMOVE}", f"{name}-unsaved"))

    def get_context(self, name, value, attrs):
        context = super().get_context(name, None, attrs)
        shown = self.unsaved or self.held
        context["widget"] |= {
            "file": shown,
            "size": filesizeformat(shown.size) if shown else "",
            "address": "" if self.unsaved else self.address,
            "sealed": self.seal_unsaved(name),
        }
        return context

    def seal_unsaved(self, name: str) -> str:
        """The value of the hidden input that names the file that isn't saved; '' without one."""
        if not self.unsaved:
            return ""
        value = {"file": asdict(self.unsaved), "for": [self.user_id, name]}
        return signing.dumps(value, salt=SALT, compress=True)

    def _open_sealed(self, name: str, text: str) -> KeptFile | None:
        try:
            value = signing.loads(text, salt=SALT, max_age=UNSAVED_SECONDS)
        except signing.BadSignature:
            return None
        return KeptFile(**value["file"]) if value["for"] == [self.user_id, name] else None


class FileChoice(forms.FileField):
    """Its value is an upload, or the KeptFile that the record has or that was uploaded with this form before, or None."""

    widget = FileChoiceInput

    def __init__(self, **keywords) -> None:
        super().__init__(allow_empty_file=True, **keywords)
        self.help_text = self.help_text or lazy(describe_limit, str)()

    def prepare_for(self, user: Any, held: KeptFile | None) -> None:
        self.widget.held, self.widget.user_id = held, user.pk if user else 0

    def bound_data(self, data, initial):
        return None

    def has_changed(self, initial, data):
        return data is not None and (data or None) != initial

    def clean(self, data, initial=None):
        if data is None:
            found = initial or None
        elif isinstance(data, UploadedFile):
            found = super().clean(data, None)
            if sentences := get_refusal_sentences([data]):
                raise ValidationError(sentences)
        else:
            # What was uploaded before, or nothing any more.
            found = data or None
        if found is None and self.required:
            raise ValidationError(self.error_messages["required"], code="required")
        return found


def get_unsaved_inputs(form: Any) -> dict[str, str]:
    """The hidden inputs by name with which another page sends the files of this form again."""
    inputs: dict[str, Any] = {
        name: field.widget for name, field in form.fields.items() if isinstance(field, FileChoice)
    }
    return {
        f"{name}-unsaved": sealed for name, widget in inputs.items() if (sealed := widget.seal_unsaved(name))
    }
