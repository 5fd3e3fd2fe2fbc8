"""Operations that write emails beside other things, such as the run of a rule: what of them an undo can still take back."""

from django.db.models import Q
from django.utils.translation import ngettext

from crm.models import Change
from crm.work.models.activity import Activity

# The parameter of an operation: how many emails it wrote.
EMAILS = "emails"


class WritesEmails:
    """What their verbs share."""

    @classmethod
    def describe_finality(cls, record):
        """Nothing of an operation that only wrote emails can be undone once all are sent."""
        if record.undoes_id or not record.parameters.get(EMAILS):
            return ""
        changes = Change.objects.of_operation_in_any_table(record)
        added = Activity.objects.filter(pk__in=changes.values("row"))
        waiting = Q(outcome=Activity.Delivery.SENDING) | ~Q(type=Activity.Type.EMAIL)
        if changes.exclude(table=Activity.table).exists() or added.filter(waiting).exists():
            return ""
        return cls.describe_lasting_parts(record)

    @classmethod
    def describe_lasting_parts(cls, record):
        """Only operations that wrote emails are looked at."""
        if not record.parameters.get(EMAILS):
            return ""
        ids = Change.objects.of_operation_and_parts(record, Activity.table).values("row")
        emails = Activity.objects.filter(pk__in=ids, type=Activity.Type.EMAIL)
        number = emails.filter(outcome=Activity.Delivery.SENT).count()
        words = ngettext(
            "%(number)s email has been sent and can’t be unsent.",
            "%(number)s emails have been sent and can’t be unsent.",
            number,
        )
        return words % {"number": number} if number else ""
