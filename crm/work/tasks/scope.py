"""Who sees and changes which tasks: users who see the record see them, and those who may change the record or whom the
task is for change them."""

from django.db.models import Q

from crm.work.activities.scope import ActivityScope


class TaskScope(ActivityScope):
    """Follows the scope of each record type (crm/fields/scope.py)."""

    def build_not_private_condition(self, user) -> Q:
        """No task is private."""
        return Q()

    def build_restored_condition(self, user) -> Q:
        return self.build_changeable_condition(user)

    def build_changeable_condition(self, user) -> Q:
        return self._build_records_condition(user, "change", "changeable_by") | (
            Q(user=user.pk) & self.build_visible_condition(user)
        )
