"""The forms of the suppression list and of mailing accounts."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from crm.web.forms import ModelForm
from mailings.models import MailingAccount, Suppression
from mailings.suppressed import key_of


class SuppressionForm(ModelForm):
    class Meta:
        model = Suppression
        fields = ["address", "note"]

    def clean_address(self) -> str:
        address = self.cleaned_data["address"]
        self.instance.email_key = key_of(address)
        if Suppression.objects.filter(email_key=self.instance.email_key).exists():
            raise ValidationError(_now("This address is already on the suppression list."))
        return address


class FileForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "An Excel or CSV file with a column of email addresses. Other columns are ignored, except notes."
        ),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.ods,.csv,.tsv", "class": "input"}),
    )


class AccountForm(ModelForm):
    class Meta:
        model = MailingAccount
        fields = ["most_an_hour", "most_a_day", "most_a_minute_to_domain", "for_vip"]

    def clean(self):
        values = super().clean() or {}
        if values.get("most_an_hour", 0) > values.get("most_a_day", 0) > 0:
            self.add_error("most_an_hour", _now("Enter at most as many as in a day."))
        return values
