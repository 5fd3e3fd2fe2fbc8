"""The filters of the user list."""

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, Role, User
from crm.platform.web.rendering.form_rendering import Form

EVERYBODY, INACTIVE = "all", "inactive"


class FilterForm(Form):
    def __init__(self, *arguments, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.fields["department"].empty_label = _("All departments")
        self.fields["role"].empty_label = _("All roles")
        for name, field in self.fields.items():
            field.widget.attrs |= {"class": "input narrow", "aria-label": field.label, "id": f"filter_{name}"}
        self.fields["q"].widget = forms.TextInput(
            attrs={
                "type": "search",
                "class": "input",
                "id": "search",
                "autocomplete": "off",
                "aria-label": self.fields["q"].label,
                "placeholder": self.fields["q"].label,
            }
        )


def _departments_queryset(request):
    return Department.objects.visible_to(request.user).by_name()


class UserFilter(django_filters.FilterSet):
    """Only active users, unless another state is selected."""

    q = django_filters.CharFilter(label=_("Search name or email"), method="search", max_length=200)
    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[(INACTIVE, _("Inactive")), (EVERYBODY, _("Active and inactive"))],
        empty_label=_("Active"),
        method="filter_by_state",
    )
    department = django_filters.ModelChoiceFilter(
        label=_("Department"), queryset=_departments_queryset, field_name="departments"
    )
    role = django_filters.ModelChoiceFilter(
        label=_("Role"), queryset=Role.objects.by_name(), field_name="groups"
    )

    class Meta:
        model = User
        fields: list[str] = []
        form = FilterForm

    def search(self, users, name, words):
        return users.matching(words)

    def filter_by_state(self, users, name, state):
        return users.inactive() if state == INACTIVE else users

    def filter_queryset(self, queryset):
        if not self.form.cleaned_data.get("state"):
            queryset = queryset.active()
        return super().filter_queryset(queryset)
