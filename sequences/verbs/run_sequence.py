"""The operation in which the worker does one step for some records."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from crm.platform.sql.reference_tables import get_labels_by_id
from crm.records.history.verb_execution import Verb
from crm.work.emails.email_verbs import WritesEmails
from sequences.models import Sequence
from sequences.verbs.start_sequence import SEQUENCE, get_sequence_name


class RunSequence(WritesEmails, Verb):
    """In the name of the author. Undone within the pause before the emails go, it takes them back; the sequence goes on with the
    step after it."""

    kind = "run_sequence"
    title = _lazy("Sequence")
    icon = "sequence"
    is_about_verdicts = True

    @classmethod
    def get_label(cls, parameters, kind):
        return _("Sequence “%(name)s”") % {"name": get_sequence_name(parameters)}

    @classmethod
    def get_cause_url(cls, parameters, row, viewer):
        """The page of the sequence, for who may view it."""
        pk = parameters.get(SEQUENCE, 0)
        if not viewer.has_perm(Sequence.get_right("view")) or pk not in get_labels_by_id(Sequence):
            return ""
        return reverse("sequences:sequence", args=[pk])
