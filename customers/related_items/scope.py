"""Who sees and changes which records between two kinds: those who see the record that it belongs to, and may change it."""

from typing import Any

from django.apps import apps
from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from crm.fields.sort_segments import Slice


class BetweenScope:
    """`model` is theirs, such as customers.Employment. Follows the scope of the records that they belong to (crm/fields/scope.py). With `both`, only users who see the record
    that they lead to see and change them."""

    def __init__(self, model: str, *, both: bool = False) -> None:
        self.model, self.both = model, both

    def build_visible_condition(self, user) -> Q:
        return self._build_reach_condition(user, "view", "visible_to")

    def build_changeable_condition(self, user) -> Q:
        return self._build_reach_condition(user, "change", "changeable_by")

    def _build_reach_condition(self, user, right: str, scope: str) -> Q:
        between: Any = apps.get_model(self.model)
        condition = _build_end_condition(between.get_owning_model(), between.belongs_to, user, right, scope)
        if self.both:
            condition &= _build_end_condition(
                between.get_linked_model(), between.leads_to, user, "view", "visible_to"
            )
        return condition

    def may_change(self, record: Any, user) -> bool:
        return type(record).objects.changeable_by(user).filter(pk=record.pk).exists()

    def build_slices(self, user, prefixes: tuple[str, ...]) -> list[Slice]:
        """No list walks them alone: they are read by one of their two records."""
        return [Slice(self.build_visible_condition(user))]

    def describe_visibility(self, record: Any, user, kind: Any) -> dict[str, str]:
        return {}


def _build_end_condition(model: Any, name: str, user: User, right: str, scope: str) -> Q:
    if not user.has_perms([model.get_right("view"), model.get_right(right)]):
        return Q(pk__in=[])
    return Q(Exists(getattr(model.objects, scope)(user).filter(pk=OuterRef(name))))
