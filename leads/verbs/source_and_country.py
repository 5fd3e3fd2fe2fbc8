"""Source, country and next action of a lead."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _
from django_countries import countries

from crm.records.history.verb_execution import Refusal, Verb
from leads.models import Source
from leads.statuses import reference_tables


@dataclass(frozen=True)
class SetSource(Verb):
    kind = "source"

    source: Source
    # Merging or deleting a source also changes converted and erased leads, so none of them keeps it.
    instead_of_removed: bool = False

    def get_parameters(self):
        return {"source": self.source.pk}

    @classmethod
    def get_label(cls, parameters, kind):
        source = reference_tables.get_sources().get(parameters.get("source"))
        return _("Set source to %(source)s") % {"source": source or ""}

    def get_protection_refusals(self, model):
        return [] if self.instead_of_removed else super().get_protection_refusals(model)

    def build_unchanged_condition(self):
        return Q(source=self.source.pk)

    def get_refusals(self):
        return [Refusal("source_retired", ~Q(pk=None))] if self.source.retired else []

    def get_values(self):
        return {"source": self.source}


@dataclass(frozen=True)
class SetCountry(Verb):
    """`country` is an ISO code, or '' for none."""

    kind = "country"
    keeps_required = True

    country: str

    def get_parameters(self):
        return {"country": self.country}

    @classmethod
    def get_label(cls, parameters, kind):
        code = parameters.get("country")
        return (
            _("Set country to %(country)s") % {"country": countries.name(code)}
            if code
            else _("Clear country")
        )

    def build_unchanged_condition(self):
        return Q(country=self.country)

    def get_values(self):
        return {"country": self.country}


@dataclass(frozen=True)
class SetNextAction(Verb):
    """What to do next and when; both empty means that nothing is planned."""

    kind = "next_action"
    on_read_only = True
    keeps_required = True
    icon = "calendar"

    text: str
    day: date | None

    def get_parameters(self):
        return {"text": self.text, "day": self.day.isoformat() if self.day else None}

    @classmethod
    def get_label(cls, parameters, kind):
        return (
            _("Set next action")
            if parameters.get("text") or parameters.get("day")
            else _("Clear next action")
        )

    def build_unchanged_condition(self):
        return Q(next_action=self.text, next_action_on=self.day)

    def get_values(self):
        return {"next_action": self.text, "next_action_on": self.day}
