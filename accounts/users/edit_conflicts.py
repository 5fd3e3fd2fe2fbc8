"""Two people edit the same user, role, or department: the second sees what has changed since, and chooses."""

from hashlib import blake2b
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from accounts.models import Role
from crm.platform.web.rendering.form_rendering import ModelForm


def lock_account_changes() -> None:
    """Until the transaction ends, no one else can save a user, role, or department, so what is read now stays valid."""
    Role.objects.select_for_update().get(key="administrator")


def add_rendered_state_field(form: ModelForm) -> None:
    """Add the values that the form was rendered from; call this when its `initial` is complete."""
    form.fields["drawn"] = forms.CharField(required=False, widget=forms.HiddenInput)
    form.initial["drawn"] = " ".join(f"{name}:{_hash_value(value)}" for name, value in form.initial.items())


def check_edit_conflict(form: ModelForm) -> bool:
    """Add an error if someone has saved since; the form then has the new state, so that saving again works."""
    sent, now = form.cleaned_data.get("drawn", ""), str(form.initial.get("drawn", ""))
    before = dict(part.partition(":")[::2] for part in sent.split())
    after = dict(part.partition(":")[::2] for part in now.split())
    labels = [str(form.fields[name].label) for name, mark in after.items() if before.get(name) != mark]
    if not sent or not labels:
        return True
    data: Any = form.data
    form.data = data = data.copy()
    data["drawn"] = now
    words = _(
        "Another user has changed these fields since you opened the page: %(fields)s. "
        "Save again to overwrite them with your values."
    )
    form.add_error(None, words % {"fields": ", ".join(labels)})
    return False


def get_form_status(form: ModelForm) -> int:
    """The status of a page with this form: 409 if someone else saved first, 422 for errors."""
    if not form.is_bound:
        return 200
    return 422 if getattr(form, "holds", True) else 409


def _hash_value(value) -> str:
    text = str(sorted(map(str, value))) if isinstance(value, list | tuple) else str(value)
    return blake2b(text.encode(), digest_size=6).hexdigest()
