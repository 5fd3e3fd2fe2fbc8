"""The operation in which the worker does one step for some records."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from crm.records.history.verb_execution import Verb
from crm.work.emails.email_verbs import WritesEmails
from sequences.verbs.start_sequence import get_sequence_name


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
