"""The forms of the suppression list and of mailing accounts."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from crm.models import Operation
from crm.platform.excel.reading.limits import EXTENSIONS
from crm.platform.web.rendering.form_rendering import ModelForm
from crm.platform.web.security_log import write_security_line
from crm.records.editing.settings_change import record_settings_change
from mailings.models import MailingAccount, Suppression
from mailings.suppression.suppression_list import get_email_key


class SuppressionForm(ModelForm):
    # Of the operation: a program fills in the form of the page too.
    channel: str = Operation.Channel.WEB

    class Meta:
        model = Suppression
        fields = ["address", "note"]

    def clean_address(self) -> str:
        address = self.cleaned_data["address"]
        self.instance.email_key = get_email_key(address)
        if Suppression.objects.filter(email_key=self.instance.email_key).exists():
            raise ValidationError(_now("This address is already on the suppression list."))
        return address

    def write(self, by: User) -> Operation:
        with record_settings_change("add_suppression", by=by, channel=self.channel) as record:
            row = self.save()
            record.parameters["rows"] = [row.pk]
        write_security_line("suppression_added", address=row.address)
        return record


class FileForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "An Excel or CSV file with a column of email addresses and an optional column “Note”. Other columns are ignored."
        ),
        widget=forms.FileInput(attrs={"accept": ",".join(EXTENSIONS), "class": "input"}),
    )


class AccountForm(ModelForm):
    class Meta:
        model = MailingAccount
        fields = ["most_an_hour", "most_a_day", "most_a_minute_to_domain", "for_vip"]

    def clean(self):
        values = super().clean() or {}
        if values.get("most_an_hour", 0) > values.get("most_a_day", 0) > 0:
            self.add_error("most_an_hour", _now("Enter a number up to the daily limit."))
        return values

    def write(self, by: User) -> Operation:
        kind = "edit_mailing_account" if self.instance.pk else "add_mailing_account"
        with record_settings_change(kind, by=by, name=self.instance.mailbox.name) as record:
            row = self.save()
            record.parameters["rows"] = [row.pk]
        return record
