"""The forms of the actions that put records into a sequence and end it. A sequence is for one record type, so each has its form."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.platform.web.rendering.form_rendering import ChoiceOfLabels, Form
from sequences.models import Sequence
from sequences.models.sequence import SEQUENCED
from sequences.verbs import StartSequence, StopSequence


class StartSequenceForm(Form):
    """Also one that is turned off: while it is, the log says so."""

    table_of: str

    sequence = ChoiceOfLabels(
        Sequence.objects.none(),
        label=_("Sequence"),
        empty_label=_("Choose…"),
        help_text=_("Records that were in it before aren’t put into it again."),
    )

    def __init__(self, *arguments, user, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.fields["sequence"].queryset = get_choices(self.table_of)


class StopSequenceForm(Form):
    table_of: str

    sequence = ChoiceOfLabels(
        Sequence.objects.none(), label=_("Sequence"), empty_label=_("Any sequence"), required=False
    )

    def __init__(self, *arguments, user, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.fields["sequence"].queryset = get_choices(self.table_of)


def get_choices(table: str) -> Any:
    return Sequence.objects.active().of_type(table).in_order()


def build_start_sequence_verb(data: dict[str, Any], user: Any) -> StartSequence:
    return StartSequence(data["sequence"], user)


def build_stop_sequence_verb(data: dict[str, Any], user: Any) -> StopSequence:
    return StopSequence(data["sequence"])


START_FORMS = {
    table: type(f"StartSequenceOf{table.title()}", (StartSequenceForm,), {"table_of": table})
    for table in SEQUENCED
}
STOP_FORMS = {
    table: type(f"StopSequenceOf{table.title()}", (StopSequenceForm,), {"table_of": table})
    for table in SEQUENCED
}
