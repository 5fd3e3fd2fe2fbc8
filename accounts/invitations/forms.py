"""The form of a list of people: pasted or in a file, with the role and department of those who have none in their line."""

from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.invitations.invitation_plan import InvitationPlan, build_plan
from accounts.invitations.pasted_lines import read_people
from accounts.invitations.people_file import FILE_BYTES, read_people_file
from accounts.models import Department, Role, User
from crm.platform.excel.reading import limits
from crm.platform.excel.reading.error_messages import get_rejection_sentence
from crm.platform.excel.reading.reader import UnreadableFile
from crm.platform.web.rendering.form_rendering import Form

MOST = 500
# A line with all its cells is rarely longer than this.
LINE_CHARACTERS = 500


class InviteForm(Form):
    people = forms.CharField(
        label=_("People"),
        required=False,
        max_length=MOST * LINE_CHARACTERS,
        widget=forms.Textarea(
            attrs={
                "rows": 8,
                "data-size": "fixed",
                "spellcheck": "false",
                "autocomplete": "off",
                "autocapitalize": "none",
            }
        ),
        help_text=_(
            "Addresses, one per line or separated by commas, such as “Ana Pop <ana@example.com>”. Or copied from a spreadsheet: "
            "name, email, role, department."
        ),
    )
    file = forms.FileField(
        label=_("Or a file"),
        required=False,
        allow_empty_file=True,
        help_text=_(
            "Excel, LibreOffice or CSV, with a column for the email and, if you like, name, role and department."
        ),
    )
    department = forms.ModelChoiceField(
        Department.objects.none(),
        label=_("Department"),
        required=False,
        help_text=_("Their new leads go to this department, unless a line names another one."),
    )
    roles = forms.ModelMultipleChoiceField(
        Role.objects.none(),
        label=_("Roles"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("For everyone whose line names no role."),
    )

    def __init__(self, *arguments, by: User, dropped: str = "", **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.by, self.dropped = by, dropped
        self.fields["file"].widget.attrs["accept"] = ",".join(limits.EXTENSIONS)
        self.fields["department"].queryset = Department.objects.active().visible_to(by).by_name()
        self.fields["department"].empty_label = _("Choose…")
        self.fields["roles"].queryset = Role.objects.active().grantable_by(by).by_name()

    def clean(self):
        """The file is added to the text, so that its lines can be corrected in the page."""
        cleaned = super().clean() or self.cleaned_data
        if self.dropped:
            self.errors.pop("file", None)
            self.add_error("file", get_rejection_sentence(self.dropped, str(FILE_BYTES // 1_000_000)))
        elif upload := cleaned.get("file"):
            self._add_file(upload)
        if not self.errors:
            self._check_lines()
        return cleaned

    @cached_property
    def lines(self):
        return read_people(self.cleaned_data.get("people", ""))

    @cached_property
    def plan(self) -> InvitationPlan:
        """Of a valid form."""
        cleaned = self.cleaned_data
        return build_plan(self.lines, roles=cleaned["roles"], department=cleaned["department"], by=self.by)

    def _add_file(self, upload) -> None:
        try:
            text = read_people_file(upload, most=MOST + 20)
        except UnreadableFile as refused:
            self.add_error("file", str(refused))
            return
        parts = [part for part in (self.cleaned_data.get("people", ""), text) if part.strip()]
        self.cleaned_data["people"] = "\n".join(parts)
        data: Any = self.data
        self.data = data = data.copy()
        data["people"] = self.cleaned_data["people"]

    def _check_lines(self) -> None:
        number = len(self.lines)
        if not number:
            self.add_error("people", _now("Paste at least one email address, or choose a file."))
        elif number > MOST:
            text = ngettext(
                "Invite at most %(most)d person at once.", "Invite at most %(most)d people at once.", MOST
            )
            self.add_error("people", text % {"most": MOST})
        else:
            self._check_defaults()

    def _check_defaults(self) -> None:
        invitees = self.plan.invitees
        if not all(one.departments for one in invitees):
            self.add_error("department", _now("Choose a department, or name one in each line."))
        if not all(one.roles for one in invitees):
            self.add_error("roles", _now("Choose at least one role, or name one in each line."))
