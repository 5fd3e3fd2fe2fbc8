"""Storing the files that are uploaded with the form of a record, before it is saved."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile

from crm.fields.custom.files.file_input import FileChoice
from crm.platform.files.attachment_storage import store_uploads
from crm.platform.files.error_messages import get_refusal_sentence
from crm.platform.files.kept_file import KeptFile
from crm.platform.files.store import NotKept


def store_chosen_files(form: Any, dropped: str = "") -> None:
    """Store what was uploaded with a form of a record, so that the form can be sent again without it: the cleaned values are
    KeptFiles afterwards. `dropped` is why a file was dropped while it arrived. What can't be kept is an error at its field.

    Nothing names these files before the record is saved, so the sweep removes those of a form that never is.
    """
    asked = {name: field for name, field in form.fields.items() if isinstance(field, FileChoice)}
    if not form.is_bound or not asked:
        return
    if dropped and form.errors is not None:
        form.add_error(next(iter(asked)) if len(asked) == 1 else None, get_refusal_sentence(dropped))
    for name, field in asked.items():
        value = None if name in form.errors else form.cleaned_data.get(name)
        if isinstance(value, UploadedFile):
            try:
                with store_uploads([value]) as (kept,):
                    form.cleaned_data[name] = value = kept
            except NotKept as error:
                form.add_error(name, get_refusal_sentence(error.code, str(form.files[name].name)))
                continue
        if isinstance(value, KeptFile) and value != field.widget.held:
            field.widget.unsaved = value
