"""The select for statuses, whose options carry more than their label, and the choice of why something was lost."""

from django import forms
from django.forms.models import ModelChoiceIteratorValue
from django.utils.translation import gettext_lazy as _

from crm.platform.web.rendering.form_rendering import ChoiceOfLabels


class StatusSelect(forms.Select):
    """Its options say which statuses require a reason, so that the stylesheet shows the reason fields only for
    those."""

    def create_option(self, name, value, *arguments, **keywords):
        option = super().create_option(name, value, *arguments, **keywords)
        # The type stubs don't know the row of a choice.
        if isinstance(value, ModelChoiceIteratorValue) and value.instance.needs_reason:  # type: ignore[attr-defined]
            option["attrs"]["data-needs-reason"] = True
        return option


class ReasonChoice(ChoiceOfLabels):
    """Optional in forms where only some statuses require a reason. "None" would read like one of the reasons."""

    words_for_empty = _("Choose…")
