"""Share with everyone, or stop sharing."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from crm.records.history.verb_execution import Verb


@dataclass(frozen=True)
class Share(Verb):
    kind = "share"
    on_read_only = True
    title = _lazy("Share or stop sharing")
    icon = "share"

    on: bool

    def get_parameters(self):
        return {"on": self.on}

    @classmethod
    def get_label(cls, parameters, kind):
        return _("Share with everyone") if parameters.get("on") else _("Stop sharing")

    def build_unchanged_condition(self):
        return Q(shared=self.on)

    def get_values(self):
        return {"shared": self.on}
