"""A new mailing for records: those of a frozen set, or those that a filter finds now or when it is sent."""

from django.db.models import Func, Value
from django.http import Http404, QueryDict

from crm.models import FrozenSet, Operation
from crm.records.editing.bulk_actions import freeze_all
from crm.records.editing.settings_change import record_settings_change
from crm.records.kinds.kind_registry import KINDS, Kind
from crm.transfer.exports.selection import Selection
from mailings.audience.audience import KINDS_OF_AUDIENCES, build_strict_list
from mailings.forms import NewMailingForm
from mailings.models import Mailing


class IdsOfSet(Func):
    """The ids of a frozen set, read within the statement."""

    template = "(SELECT ids FROM crm_frozenset WHERE id = %(expressions)s)"


def get_selection(data: QueryDict, user) -> Selection | None:
    """The user's set in the URL, or None. Raises Http404 for any other one."""
    if not data.get("set"):
        return None
    table = data.get("of", "")
    if table not in KINDS_OF_AUDIENCES:
        raise Http404
    return Selection(KINDS[table], data, user)


def create_mailing(form: NewMailingForm, frozen: FrozenSet | None, user) -> Operation:
    """Add the mailing of a valid form."""
    mailing: Mailing = form.instance
    mailing.by = user
    kind, query = _get_kind_and_filter(form, frozen)
    mailing.of = kind.name
    if form.chooses_later:
        mailing.query = query
    else:
        frozen = frozen or freeze_all(user, build_strict_list(kind, query, user).visible, query)
        mailing.ids = IdsOfSet(Value(frozen.pk))
    with record_settings_change("add_mailing", by=user, channel=form.channel) as record:
        form.save()
        record.parameters |= {"rows": [mailing.pk], "name": mailing.subject}
    return record


def _get_kind_and_filter(form: NewMailingForm, frozen: FrozenSet | None) -> tuple[Kind, str]:
    """The kind, and the filter of its list, "all=1" for all of them."""
    if frozen:
        return KINDS[frozen.table], frozen.query or "all=1"
    return form.chosen_records
