"""Mark: VIP or not, shared with everyone or not."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from crm.change import Verb


@dataclass(frozen=True)
class SetVip(Verb):
    kind = "vip"
    permission = "leads.change_lead"

    on: bool

    def parameters(self):
        return {"on": self.on}

    @classmethod
    def words(cls, parameters):
        return _("Set VIP") if parameters.get("on") else _("Remove VIP")

    def same(self):
        return Q(vip=self.on)

    def values(self):
        return {"vip": self.on}


@dataclass(frozen=True)
class Share(Verb):
    kind = "share"
    permission = "leads.change_lead"

    on: bool

    def parameters(self):
        return {"on": self.on}

    @classmethod
    def words(cls, parameters):
        return _("Share with everyone") if parameters.get("on") else _("Stop sharing")

    def same(self):
        return Q(shared=self.on)

    def values(self):
        return {"shared": self.on}
