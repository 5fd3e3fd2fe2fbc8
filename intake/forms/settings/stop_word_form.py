"""The form that adds a stop word."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from crm.platform.web.rendering.form_rendering import ModelForm
from intake.models import StopWord


class StopWordForm(ModelForm):
    class Meta:
        model = StopWord
        fields = ["text"]

    def clean_text(self) -> str:
        text = " ".join(self.cleaned_data["text"].split())
        if StopWord.objects.filter(text__iexact=text).exists():
            raise ValidationError(_("This word is already in the list."))
        return text
