"""The form of an incoming webhook; its mapping has a form too."""

from typing import Any

from django import forms
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, User
from accounts.ownership.owners import get_owner_label
from accounts.second_factor.secret_encryption import encrypt_secret
from crm.platform.web.rendering.form_rendering import ChoiceOfLabels
from crm.records.editing.settings_form import SettingsForm
from intake.models import IncomingWebhook
from intake.webhooks.call_verification import OF_HEADERS
from leads.models import Source, Status

LONGEST_SECRET = 200


class IncomingWebhookForm(SettingsForm):
    """`shown_once` is the new secret after saving, or '' if it stays as it is."""

    table = IncomingWebhook.table
    new_title = _("New incoming webhook")
    source = ChoiceOfLabels(Source.objects.none(), label=_("Source"), required=False)
    status = ChoiceOfLabels(Status.objects.none(), label=_("Status"), required=False)
    given_secret = forms.CharField(
        label=_("Secret of the program"),
        max_length=LONGEST_SECRET,
        min_length=8,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Only if the program gives you its secret for signatures. Leave empty to create one."),
    )
    given_key = forms.CharField(
        label=_("Verify token or key"),
        max_length=LONGEST_SECRET,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_(
            "Meta asks for it as its verify token, Google Ads sends it as google_key. Leave empty to keep the present one."
        ),
    )

    class Meta:
        model = IncomingWebhook
        fields = [
            "name", "makes", "proof", "signature_header", "signature_format", "department", "owner", "source", "status", "duplicates",
            "calls_a_minute", "days_kept", "retired",
        ]  # fmt: skip

    def __init__(self, *arguments, by: User, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        webhook: IncomingWebhook = self.instance
        self.shown_once = ""
        self.old_proof = webhook.proof
        departments = Department.objects.offered_to(by, webhook.department_id)
        self.fields["department"].queryset = departments.by_name()
        self.fields["owner"].queryset = User.objects.assignable_by_or(by, webhook.owner_id).by_name()
        self.fields["owner"].label_from_instance = get_owner_label
        self.fields["owner"].empty_label = _("Unassigned")
        self.fields["source"].queryset = Source.objects.active_or(webhook.source_id).in_order()
        statuses = Status.objects.of_leads().of_kind(*Status.OPEN).active_or(webhook.status_id)
        self.fields["status"].queryset = statuses.in_order()
        self.fields["status"].help_text = IncomingWebhook._meta.get_field("status").help_text

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        owner, department = data.get("owner"), data.get("department")
        if owner and department and department.pk not in owner.department_ids:
            words = _now("%(owner)s isn’t in this department. Choose another owner or leave the field empty.")
            self.add_error("owner", words % {"owner": owner})
        if data.get("proof") == IncomingWebhook.Proof.SIGNATURE and not data.get("signature_header"):
            self.add_error("signature_header", _now("Enter the name of a header, like X-Signature."))
        elif data.get("proof") == IncomingWebhook.Proof.SIGNATURE and not data.get("signature_format"):
            self._complete_format(data)
        return data

    def _complete_format(self, data: dict[str, Any]) -> None:
        """Programs that are known by their header have one format."""
        data["signature_format"] = OF_HEADERS.get(data["signature_header"].lower(), "")
        if not data["signature_format"]:
            self.add_error("signature_format", _now("Choose how the program writes its signature."))

    def save(self, commit: bool = True) -> IncomingWebhook:
        webhook: IncomingWebhook = self.instance
        given = self.cleaned_data["given_secret"]
        if self.is_new:
            webhook.public_id = get_random_string(20)
        if self.is_new or given or webhook.proof != self.old_proof:
            self.shown_once = webhook.set_new_secret(given)
        if key := self.cleaned_data["given_key"]:
            webhook.key = encrypt_secret(key)
        return super().save(commit)
