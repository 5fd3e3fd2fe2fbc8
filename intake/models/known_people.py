"""What happens if a lead of the same person is there already: the same choices for web forms and incoming webhooks."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class KnownPeople(models.TextChoices):
    ADD = "add", _("add another lead")
    FILL = "fill", _("fill the empty fields of the lead")
    NOTE = "note", _("add a note to the lead")
    # Only for programs: what a visitor has written is always kept.
    SKIP = "skip", _("skip the call")


OF_FORMS = [(value, label) for value, label in KnownPeople.choices if value != KnownPeople.SKIP]
LABEL = _("known people")
OWNER_HELP = _("Unassigned leads get an owner by the assignment rules.")
STATUS_HELP = _("If empty, leads start in the default status of the department.")
