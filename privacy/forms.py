"""The form that asks for a typed word before a person is erased."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.platform.web.rendering.form_rendering import Form


class EraseForm(Form):
    everywhere = forms.BooleanField(
        label=_("Also replace the full name in notes, tasks and descriptions of other records"),
        required=False,
        help_text=_("This also changes texts about other people with the same name."),
    )
    word = forms.CharField(label=_("Confirmation"), max_length=40)

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        words = gettext("Type “%(word)s”. An erasure can’t be undone.")
        self.fields["word"].help_text = words % {"word": self.confirmation_word}
        self.fields["word"].widget.attrs["autocomplete"] = "off"

    @property
    def confirmation_word(self) -> str:
        return gettext("erase")

    def clean_word(self) -> str:
        word = self.cleaned_data["word"].strip().lower()
        if word != self.confirmation_word:
            raise forms.ValidationError(gettext("Type “%(word)s”.") % {"word": self.confirmation_word})
        return word
