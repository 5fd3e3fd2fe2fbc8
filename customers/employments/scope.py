"""Who sees and changes which employments: users who see the contact see them, those who may change it change them."""

from typing import Any

from django.db.models import Exists, OuterRef, Q

from crm.records.segments import Slice


class EmploymentScope:
    """Follows the scope of contacts (crm/records/scope.py)."""

    def seen(self, user) -> Q:
        return self._of_contacts(user, "view", "visible_to")

    def changed(self, user) -> Q:
        return self._of_contacts(user, "change", "changeable_by")

    def _of_contacts(self, user, right: str, scope: str) -> Q:
        from customers.models import Contact

        if not user.has_perms([Contact.right("view"), Contact.right(right)]):
            return Q(pk__in=[])
        return Q(Exists(getattr(Contact.objects, scope)(user).filter(pk=OuterRef("contact"))))

    def may_change(self, record: Any, user) -> bool:
        return type(record).objects.changeable_by(user).filter(pk=record.pk).exists()

    def slices(self, user, prefixes: tuple[str, ...]) -> list[Slice]:
        """No list walks employments alone: they are read by their contact or their company."""
        return [Slice(self.seen(user))]

    def why(self, record: Any, user, kind: Any) -> dict[str, str]:
        return {}
