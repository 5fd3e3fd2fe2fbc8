"""The address of a page for visitors, as forms in Settings take it."""

from typing import Any

from django import forms
from django.utils.text import slugify

LONGEST = 60


def clean_page_slug(form: Any, unnamed: str, taken: str) -> str:
    """What was typed, or else the name, in small letters. Raises ValidationError with the sentence for a name without letters, or for an
    address that another page has."""
    slug = (form.cleaned_data["slug"] or slugify(form.cleaned_data.get("name", ""))[:LONGEST]).lower()
    if not slug:
        raise forms.ValidationError(unnamed)
    if form._meta.model.objects.exclude(pk=form.instance.pk).at(slug).exists():
        raise forms.ValidationError(taken)
    return slug
