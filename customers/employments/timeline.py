"""The timeline of a contact, with the changes of the employments."""

from typing import Any

from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from crm.models import Change
from crm.records.timeline import Entry, FieldChange, Timeline
from customers.models import Contact, Employment


class EmploymentTimeline(Timeline):
    """The changes of a contact's employments, for one viewer."""

    model = Employment

    @cached_property
    def known(self) -> dict[int, Employment]:
        """By id, with those that were removed."""
        return {row.pk: row for row in Employment.objects.of_contact(self.record).with_names()}

    def told(self, change: Change, fields: list[FieldChange]) -> str:
        if change.operation and change.operation.undoes:
            return super().told(change, fields)
        words = {"employment": self.known[change.row]} if change.row in self.known else None
        if words is None:
            return _("changed an employment")
        if change.kind == Change.Kind.INSERT:
            return _("added an employment: %(employment)s") % words
        if "deleted_at" in change.diff:
            return _("removed an employment: %(employment)s") % words
        return _("changed the employment: %(employment)s") % words


class ContactTimeline(Timeline):
    def __init__(self, record: Contact, viewer: Any) -> None:
        super().__init__(record, viewer)
        self.employments = EmploymentTimeline(record, viewer)

    def changes(self):
        known = list(self.employments.known)
        if not known:
            return super().changes()
        own = Q(table=Contact.table, row=self.record.pk)
        return Change.objects.filter(own | Q(table=Employment.table, row__in=known))

    def entries(self, changes: list[Change], *, with_undo: bool = True) -> list[Entry]:
        own = [change for change in changes if change.table == Contact.table]
        theirs = [change for change in changes if change.table != Contact.table]
        more = self.employments.entries(theirs, with_undo=with_undo) if theirs else []
        return [*super().entries(own, with_undo=with_undo), *more]
