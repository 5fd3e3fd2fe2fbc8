"""How often forms were opened and sent: counted without cookies, by day and by form."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count

from crm.fields.percentages import format_share
from intake.models import FormView, Submission, WebForm

State = Submission.State


@dataclass(frozen=True)
class FormLine:
    """A form in the list. `sent` counts all but the quarantined."""

    form: WebForm
    views: int
    sent: int
    quarantined: int

    @property
    def rate(self) -> str:
        """Sent forms in percent of the views; '' without views. Forms on other sites have no views."""
        return format_share(min(self.sent, self.views), self.views)


def build_form_lines(forms: Iterable[WebForm]) -> list[FormLine]:
    views = FormView.objects.count_by_form()
    counted = Submission.objects.values_list("form", "state").annotate(number=Count("pk")).order_by()
    numbers: dict[int, dict[str, int]] = {}
    for form, state, number in counted:
        numbers.setdefault(form, {})[state] = number
    found = []
    for form in forms:
        own = numbers.get(form.pk, {})
        spam = own.get(State.QUARANTINED, 0)
        found.append(FormLine(form, views.get(form.pk, 0), sum(own.values()) - spam, spam))
    return found
