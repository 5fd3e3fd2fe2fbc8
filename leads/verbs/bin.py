"""The bin: put leads into it, restore them, remove them for good."""

from dataclasses import dataclass

from django.db.models.functions import Now
from django.utils.translation import gettext as _

from crm.change import Verb


@dataclass(frozen=True)
class Bin(Verb):
    kind = "bin"
    permission = "leads.delete_lead"

    @classmethod
    def words(cls, parameters):
        return _("Put into the bin")

    def values(self):
        return {"binned_at": Now()}


@dataclass(frozen=True)
class Restore(Verb):
    kind = "restore"
    permission = "leads.delete_lead"

    @classmethod
    def words(cls, parameters):
        return _("Restore from the bin")

    def values(self):
        return {"binned_at": None}


@dataclass(frozen=True)
class Purge(Verb):
    """Remove binned leads with all that hangs on them. The history keeps the whole row until the undo expires."""

    kind = "purge"
    permission = "leads.purge_lead"

    @classmethod
    def words(cls, parameters):
        return _("Remove for good")

    def values(self):
        return {}

    def write(self, rows):
        rows.delete()
