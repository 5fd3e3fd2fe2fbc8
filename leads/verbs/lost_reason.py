"""The lost reason of leads, when several reasons become one."""

from dataclasses import dataclass

from django.db.models import Q

from crm.records.history.verb_execution import Verb
from leads.models import LostReason
from leads.verbs.settings_change import describe_merge


@dataclass(frozen=True)
class MergeLostReasons(Verb):
    """Gives leads this reason; they stay in their status."""

    kind = "merge_lost_reasons"
    # Erased leads keep their reason, so they get the other one too.
    on_read_only = on_erased = True
    icon = "settings"

    into: LostReason

    @classmethod
    def get_right(cls, model):
        return LostReason.get_right("change")

    @classmethod
    def get_label(cls, parameters, kind):
        return describe_merge("lost_reason", parameters)

    def build_unchanged_condition(self):
        return Q(lost_reason=self.into.pk)

    def get_values(self):
        return {"lost_reason": self.into}
