"""The forms of the people screens; labels, choices, and validation of a field are defined on its model."""

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.invitations.invite_users import Invitee
from accounts.models import Department, Role, User
from accounts.users.account_changes import get_compared_state, record_differences
from accounts.users.deactivation import Heirs
from accounts.users.edit_conflicts import add_rendered_state_field, check_edit_conflict
from accounts.users.last_administrator import LastAdministrator, check_not_the_last
from crm.platform.configuration.company import get_company_time_zone
from crm.platform.configuration.environment import LANGUAGES
from crm.platform.configuration.time_zones import build_time_zone_choices
from crm.platform.web.rendering.day_input import TimeInput
from crm.platform.web.rendering.form_rendering import Form, ModelForm, prepare_widgets
from crm.records.kinds.kind_registry import get_viewable_kinds

PASSWORD_HINT = _(
    "At least 10 characters, or 16 if all of them are digits. Don’t use a common password, the name of your organization, or "
    "anything close to your name or email."
)


class EmailForm(Form):
    email = forms.EmailField(
        label=_("Email"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )


class NewPasswordForm(SetPasswordForm):
    """For users who come from a link and don't have to enter the old password."""

    def __init__(self, *arguments, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.fields["new_password1"].help_text = PASSWORD_HINT
        self.fields["new_password2"].label = _("Confirm new password")
        self.fields["new_password2"].help_text = ""
        prepare_widgets(self)


class ChangePasswordForm(PasswordChangeForm):
    """Guessing the current password is slowed down like on the sign-in page."""

    def __init__(self, request, data=None) -> None:
        super().__init__(request.user, data)
        self.request = request
        self.fields["old_password"].label = _("Current password")
        self.fields["old_password"].widget.attrs.pop("autofocus", None)
        self.fields["new_password1"].help_text = PASSWORD_HINT
        self.fields["new_password2"].label = _("Confirm new password")
        self.fields["new_password2"].help_text = ""
        prepare_widgets(self)

    def clean_old_password(self) -> str:
        password = self.cleaned_data["old_password"]
        if authenticate(self.request, username=self.user.email, password=password) is None:
            raise forms.ValidationError(self.error_messages["password_incorrect"], code="password_incorrect")
        return password


class ProfileForm(ModelForm):
    class Meta:
        model = User
        fields = ["name", "language", "time_zone", "theme", "density", "rows_per_page", "start_page"]
        fields += ["reminder_time", "remind_before", "mail_reminders", "push_reminders", "push_mentions"]
        fields += ["signature"]
        widgets = {"reminder_time": TimeInput, "signature": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *arguments, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.fields["language"].choices = [("", _("same as browser")), *LANGUAGES]
        company = _("company default (%(zone)s)") % {"zone": get_company_time_zone()}
        self.fields["time_zone"].choices = [("", company), *build_time_zone_choices(self.instance.time_zone)]
        if not settings.PUSH:
            del self.fields["push_reminders"], self.fields["push_mentions"]
        kinds = get_viewable_kinds(self.instance)
        if kinds:
            # By its name in the navigation.
            names = [("", _("Today")), (User.StartPage.LIST, capfirst(str(kinds[0].words.many)))]
            self.fields["start_page"].choices = names
        else:
            del self.fields["start_page"]


class UserForm(ModelForm):
    """A user as `by` may edit them: with the roles and departments that `by` may add and remove.

    The first department is where the user's new leads go; the order of the others doesn't matter.
    """

    department = forms.ModelChoiceField(
        Department.objects.none(),
        label=_("Department"),
        help_text=_("Their new leads go to this department."),
    )
    also = forms.ModelMultipleChoiceField(
        Department.objects.none(),
        label=_("Other departments"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    roles = forms.ModelMultipleChoiceField(
        Role.objects.none(), label=_("Roles"), widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = User
        fields = ["name", "email"]
        error_messages = {"email": {"unique": _("An active or inactive user already has this email.")}}

    def __init__(self, *arguments, by: User, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.by = by
        departments = Department.objects.active().visible_to(by).by_name()
        self.fields["department"].queryset = self.fields["also"].queryset = departments
        self.fields["department"].empty_label = _("Choose…")
        held = list(self.instance.groups.values_list("pk", flat=True)) if self.instance.pk else []
        self.fields["roles"].queryset = Role.objects.active_or_held(held).grantable_by(by).by_name()
        if self.instance.pk:
            first, *others = self.instance.department_ids or [None]
            self.initial.update(department=first, also=others, roles=held)
            add_rendered_state_field(self)

    def clean(self):
        cleaned = super().clean() or self.cleaned_data
        self.holds = check_edit_conflict(self)
        roles = cleaned.get("roles")
        if self.instance.pk and roles is not None and not any(role.is_administrator for role in roles):
            try:
                check_not_the_last(self.instance)
            except LastAdministrator as reason:
                self.add_error("roles", str(reason))
        return cleaned

    @property
    def chosen_departments(self) -> list[Department]:
        department, also = self.cleaned_data["department"], self.cleaned_data["also"]
        return [department, *(other for other in also if other != department)]

    def build_invitee(self) -> Invitee:
        """The new user of a valid form."""
        roles, departments = tuple(self.cleaned_data["roles"]), tuple(self.chosen_departments)
        return Invitee(self.instance.name, self.instance.email, roles, departments)

    def save(self, commit=True) -> User:
        """Of a user who is there already."""
        before = get_compared_state(self.instance)
        user = super().save()
        user.set_departments(self.chosen_departments)
        user.groups.set(self.cleaned_data["roles"])
        record_differences(user, before, by=self.by)
        return user


class DepartmentForm(ModelForm):
    class Meta:
        model = Department
        fields = ["name", "country", "contact_within"]
        error_messages = {"name": {"unique": _("A department with this name already exists.")}}

    def __init__(self, *arguments, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        if self.instance.pk:
            add_rendered_state_field(self)

    def clean(self):
        cleaned = super().clean() or self.cleaned_data
        self.holds = check_edit_conflict(self)
        return cleaned


class DeactivationForm(Form):
    """Who gets the open records of `leaving`, among the users `by` may assign records to."""

    ONE, SPREAD, NOBODY = "one", "spread", "nobody"

    to = forms.ChoiceField(
        label=_("Reassign open records to"),
        choices=[
            (ONE, _("One colleague")),
            (SPREAD, _("Members of a department, evenly")),
            (NOBODY, _("No owner: keep them unassigned in their department")),
        ],
        widget=forms.RadioSelect,
    )
    owner = forms.ModelChoiceField(User.objects.none(), label=_("Colleague"), required=False)
    department = forms.ModelChoiceField(Department.objects.none(), label=_("Department"), required=False)

    def __init__(self, *arguments, leaving: User, by: User, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        colleagues = User.objects.assignable_by(by).with_rights().exclude(pk=leaving.pk)
        self.fields["owner"].queryset = colleagues.by_name()
        self.fields["department"].queryset = Department.objects.active().visible_to(by).by_name()
        self.fields["owner"].empty_label = self.fields["department"].empty_label = _("Choose…")
        self.colleagues = colleagues

    def clean(self):
        cleaned = super().clean() or self.cleaned_data
        to = cleaned.get("to")
        if to == self.ONE and not cleaned.get("owner") and "owner" not in self.errors:
            self.add_error("owner", _("Choose a colleague."))
        if to == self.SPREAD and "department" not in self.errors:
            self._clean_members(cleaned.get("department"))
        return cleaned

    def _clean_members(self, department: Department | None) -> None:
        if department is None:
            self.add_error("department", _("Choose a department."))
            return
        self.members = tuple(self.colleagues.in_departments([department.pk]).by_name())
        if not self.members:
            self.add_error(
                "department", _("%(department)s has no other active members.") % {"department": department}
            )

    def get_heirs(self) -> Heirs:
        match self.cleaned_data["to"]:
            case self.ONE:
                return Heirs((self.cleaned_data["owner"],))
            case self.SPREAD:
                return Heirs(self.members, self.cleaned_data["department"])
        return Heirs()
