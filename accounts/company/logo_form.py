"""The form of the company's logo: a file that replaces it."""

from django import forms
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.company.logo_drawing import draw_logo
from crm.models import CompanyLogo, CompanySettings, Operation
from crm.platform.configuration.company import forget_company_settings
from crm.platform.web.security_log import write_security_line
from crm.records.editing.settings_change import record_settings_change
from crm.records.editing.settings_form import SettingsForm

# Bytes.
LARGEST = 1_000_000


class LogoForm(SettingsForm):
    """While everything is as delivered, there is no row, and the form has the version 0."""

    table = CompanySettings.table
    new_title = _("Logo")
    picture = forms.FileField(
        label=_("File"),
        help_text=CompanySettings._meta.get_field("logo").help_text,
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )

    class Meta:
        model = CompanySettings
        fields: list[str] = []

    def __init__(self, *arguments, **keywords) -> None:
        """Beside the other form of the page, whose fields have ids of their own."""
        super().__init__(*arguments, auto_id="logo_%s", **keywords)

    def get_translated_texts(self) -> dict[str, str]:
        return {}

    def clean_picture(self):
        """Becomes the picture as pages show it."""
        upload = self.cleaned_data["picture"]
        if upload.size > LARGEST:
            raise ValidationError(
                _now("This file is too large (%(size)s). A logo may have up to 1 MB.")
                % {"size": filesizeformat(upload.size)}
            )
        logo = draw_logo(upload)
        if logo is None:
            raise ValidationError(
                _now("This file can’t be read as a picture. Choose a PNG, JPEG or WebP file.")
            )
        return logo

    def write(self, by) -> Operation:
        logo = self.cleaned_data["picture"]
        CompanyLogo.objects.get_or_create(name=logo.name, defaults={"content": logo.content})
        return change_logo(logo.name, by=by)


def change_logo(name: str, *, by) -> Operation:
    """The picture with this name becomes the logo; '' removes it. An operation with undo, in the audit log too."""
    row = CompanySettings.get_current()
    before = row.logo
    row.logo, row.version = name, max(row.version, 1)
    with record_settings_change("edit_company_settings", by=by, rows=[row.pk]) as record:
        row.save()
        forget_company_settings()
    if record.pk is not None:
        write_security_line("company_changed", by=by, before=[f"logo: {before}"], after=[f"logo: {name}"])
    return record
