"""Whether a form was sent by a program: a trap that people don't see, the time it took, and stop words."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.platform.sql.compiled_querysets import get_all_compiled_once
from crm.platform.text.text_folding import fold_text
from intake.forms.public.signed_state import FormState
from intake.models import StopWord, WebForm

# An input that people don't see and browsers don't fill in.
TRAP = "contact_me_by_fax"
REASONS: dict[str, str | Promise] = {
    "trap": _("Filled in a hidden field"),
    "fast": _("Sent too quickly"),
    "page": _("Not sent from the form’s page"),
    "word": _("Contains a stop word"),
}


def find_spam_reasons(form: WebForm, state: FormState | None, trap: str, texts: Iterable[str]) -> list[str]:
    """The codes of what speaks for a program."""
    found = []
    if trap:
        found.append("trap")
    if state is None and not form.plain:
        found.append("page")
    if state is not None and state.seconds < form.seconds:
        found.append("fast")
    if _find_stop_words(texts):
        found.append("word")
    return found


def _find_stop_words(texts: Iterable[str]) -> list[StopWord]:
    """The stop words in these texts; the day is noted at each of them."""
    words = get_all_compiled_once(_stop_words_queryset)
    if not words:
        return []
    text = fold_text("\n".join(texts))
    found = [word for word in words if fold_text(word.text) in text]
    today = timezone.localdate()
    for word in found:
        if word.last_hit != today:
            _record_hit(word, today)
    return found


def _stop_words_queryset() -> QuerySet[StopWord]:
    """Kept (crm/platform/sql/compiled_querysets.py)."""
    return StopWord.objects.all()


def _record_hit(word: StopWord, today: date) -> None:
    """A derived column: it is no change of the word, so no operation records it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('leadwell.machine', 'on', true)")
        StopWord.objects.filter(pk=word.pk).update(last_hit=today)
        cursor.execute("SELECT set_config('leadwell.machine', '', true)")


def describe_reasons(reasons: Iterable[str]) -> list[str]:
    """Each reason in the reader's language; a sentence stays one."""
    return [str(REASONS.get(reason, reason)) for reason in reasons]


def flatten_texts(raw: Mapping[str, list[str]]) -> list[str]:
    return [text for texts in raw.values() for text in texts]
