"""Edit: any fields of a lead at once, as a form, an inline edit or an API call sends them."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.notices import tell
from crm.change import Refusal, Verb
from leads import contract, names


@dataclass(frozen=True)
class Edit(Verb):
    """`changes` are model field names with cleaned values. A change of status keeps the contract of the new one."""

    kind = "edit"
    permission = "leads.change_lead"

    changes: dict[str, Any] = field(default_factory=dict)

    def parameters(self):
        return {"fields": sorted(self.changes)}

    @classmethod
    def words(cls, parameters):
        labels = []
        for name in parameters.get("fields", []):
            if not name.endswith(("_normal",)):
                labels.append(names.field_label(name))
        return _("Edit %(fields)s") % {"fields": ", ".join(labels)}

    def same(self):
        same = Q()
        for name, value in self.changes.items():
            same &= Q(**{name: value})
        return same

    def refusals(self) -> list[Refusal]:
        status = self.changes.get("status")
        return contract.refusals(status, self.changes) if status else []

    def values(self):
        return self.changes

    def follow(self, record, changed):
        owner: User | None = self.changes.get("owner")
        if owner and changed and owner != record.by:
            tell(owner, "assigned", record, changed)
