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

    def parameters(self):
        return {"on": self.on}

    @classmethod
    def words(cls, parameters, kind):
        return _("Mark as VIP") if parameters.get("on") else _("Remove VIP")

    def same(self):
        return Q(vip=self.on)

    def values(self):
        return {"vip": self.on}
