"""The forms of the working calendar; labels and limits are on the models."""

from datetime import date, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Absence, Department, Holiday, User
from accounts.working_time.calendar import Week
from crm.platform.web.rendering.day_input import TimeInput, set_typed_widget
from crm.platform.web.rendering.form_rendering import Form, ModelForm

PARTS = {"opens": _("%(day)s, from"), "closes": _("%(day)s, until")}


class HoursForm(Form):
    """From and until for each weekday; a day without both is free."""

    def __init__(self, data=None, *, week: Week) -> None:
        initial: dict[str, time] = {}
        for weekday, (opens, closes) in week.items():
            initial |= {f"opens_{weekday}": opens, f"closes_{weekday}": closes}
        super().__init__(data, initial=initial)
        for weekday, name in WEEKDAYS.items():
            for part, label in PARTS.items():
                widget = TimeInput(attrs={"class": "input", "aria-label": label % {"day": name}})
                field = forms.TimeField(label=name, required=False, widget=widget)
                set_typed_widget(field)
                self.fields[f"{part}_{weekday}"] = field

    def get_day_fields(self) -> list[tuple[Any, list[Any]]]:
        """Each weekday's name and its two fields."""
        return [(name, [self[f"{part}_{day}"] for part in PARTS]) for day, name in WEEKDAYS.items()]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self.week: Week = {}
        for weekday in WEEKDAYS:
            opens, closes = data.get(f"opens_{weekday}"), data.get(f"closes_{weekday}")
            if {f"opens_{weekday}", f"closes_{weekday}"} & self.errors.keys():
                continue
            if opens and closes and opens < closes:
                self.week[weekday] = (opens, closes)
            elif opens and closes:
                self.add_error(f"closes_{weekday}", _now("The day ends before it begins."))
            elif opens or closes:
                name = f"closes_{weekday}" if opens else f"opens_{weekday}"
                self.add_error(name, _now("Enter both times, or neither for a day off."))
        if not self.week and not self.errors:
            raise ValidationError(_now("Enter the hours of at least one day."))
        return data


class HolidayForm(ModelForm):
    """For one department that the user sees, or for all departments if they see all."""

    class Meta:
        model = Holiday
        fields = ["day", "name", "department"]
        widgets = {"day": forms.DateInput}

    def __init__(self, data=None, *, by: User) -> None:
        super().__init__(data)
        field = self.fields["department"]
        field.queryset = Department.objects.active().visible_to(by).by_name()
        field.required = not by.sees_everything
        field.empty_label = _("All departments") if by.sees_everything else _("Choose…")


class AbsenceForm(ModelForm):
    """For one user; the substitute is a colleague whom the user who fills it in can see."""

    class Meta:
        model = Absence
        fields = ["first", "last", "substitute"]
        widgets = {"first": forms.DateInput, "last": forms.DateInput}

    def __init__(self, data=None, *, person: User, by: User) -> None:
        super().__init__(data, instance=Absence(user=person))
        colleagues = User.objects.active().visible_to(by).exclude(pk=person.pk)
        self.fields["substitute"].queryset = colleagues.by_name()
        self.fields["substitute"].empty_label = pgettext_lazy("as a substitute", "No one")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first: date | None = data.get("first")
        last: date | None = data.get("last")
        if first and last and Absence.objects.of_user(self.instance.user).overlapping(first, last).exists():
            raise ValidationError(_now("Some of these days are already entered."))
        return data
