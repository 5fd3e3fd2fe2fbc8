"""The settings of a booking page: who can be booked, at which times, and with which web form."""

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from bookings.form_obstacles import get_form_obstacle
from bookings.models import BookingPage
from crm.platform.web.rendering.form_rendering import ChoiceOfLabels
from crm.records.editing.settings_form import SettingsForm
from intake.models import WebForm
from intake.page_address import LONGEST, clean_page_slug
from leads.models import Status

CARDS = {
    _("Page"): ["name", "slug", "intro", "published"],
    _("People"): ["people", "choice"],
    _("Times"): [
        *("minutes", "minutes_before", "minutes_after", "notice_hours", "days_ahead", "most_a_day"),
    ],
    _("Meeting"): ["place", "reminders"],
    _("Questions and leads"): ["form", "host_owns", "status"],
}


class BookingPageForm(SettingsForm):
    table = BookingPage.table
    cards = CARDS
    new_title = _("New booking page")
    unmarked = False
    slug = forms.SlugField(
        label=BookingPage._meta.get_field("slug").verbose_name,
        max_length=LONGEST,
        required=False,
        help_text=BookingPage._meta.get_field("slug").help_text,
    )
    form = ChoiceOfLabels(
        WebForm.objects.none(),
        label=_("Web form"),
        help_text=BookingPage._meta.get_field("form").help_text,
    )
    status = ChoiceOfLabels(
        Status.objects.none(),
        label=_("Status"),
        required=False,
        empty_label=_("Leads keep their status"),
        help_text=BookingPage._meta.get_field("status").help_text,
    )
    people = forms.TypedMultipleChoiceField(
        label=_("People"), coerce=int, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = BookingPage
        fields = [name for names in CARDS.values() for name in names]
        widgets = {"intro": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *arguments, user: User, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        page: BookingPage = self.instance
        offered = WebForm.objects.active_or(page.form_id).visible_to(user)
        self.fields["form"].queryset = offered.by_name()
        statuses = Status.objects.of_leads().of_kind(*Status.OPEN).active_or(page.status_id)
        self.fields["status"].queryset = statuses.in_order()
        people = User.objects.assignable_by(user) | User.objects.active().filter(pk__in=page.people or [])
        self.fields["people"].choices = [(row.pk, row.name) for row in people.distinct().by_name()]

    def clean_slug(self) -> str:
        taken = _now("Another booking page already has this address.")
        return clean_page_slug(self, _now("Enter an address like meet-us."), taken)

    def clean_form(self) -> WebForm:
        form = self.cleaned_data["form"]
        if obstacle := get_form_obstacle(form):
            raise forms.ValidationError(obstacle)
        return form
