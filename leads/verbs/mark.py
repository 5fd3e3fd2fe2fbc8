"""Mark: VIP or not."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from crm.records.history.verb_execution import Verb


@dataclass(frozen=True)
class SetVip(Verb):
    kind = "vip"
    icon = "star"

    on: bool

    def get_parameters(self):
        return {"on": self.on}

    @classmethod
    def get_label(cls, parameters, kind):
        return _("Mark as VIP") if parameters.get("on") else _("Remove VIP")

    def build_unchanged_condition(self):
        return Q(vip=self.on)

    def get_values(self):
        return {"vip": self.on}
