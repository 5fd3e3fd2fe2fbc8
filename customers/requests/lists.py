"""The list of requests: what doesn't follow from a field type."""

from django.utils.translation import gettext_lazy as _

from crm.fields.conditions.periods import PAST_PERIODS, Period
from crm.fields.custom.definitions.built_in_fields import label
from crm.fields.sort_segments import ColumnSort
from crm.records.listing.filters import FilterSet
from crm.records.paging.sorts import BY_AGE, Sorts
from crm.records.tables.record_table import RecordTable
from crm.records.tables.tables import Column, FieldColumn, MomentColumn, RowHead
from crm.transfer.imports.import_filter import OfImport
from customers.models import Request
from customers.requests import fields

SORTS = Sorts(
    Request,
    # Department and tags sort without their own index.
    [*fields.SORT, "department", "tags"],
    {"name": ColumnSort("name_key"), "created_at": BY_AGE, "id": ColumnSort("id")},
)


class RequestFilter(FilterSet):
    by_age = ("owner", "country", "state", "channel")

    imported = OfImport(label=_("import"))
    created = Period(
        label=label("request", "created_at", _("added")), column="created_at", periods=PAST_PERIODS
    )
    received = Period(
        label=label("request", "received_at", _("received")), column="received_at", periods=PAST_PERIODS
    )

    class Meta:
        model = Request
        fields = fields.FILTER


class RequestTable(RecordTable):
    name = RowHead(verbose_name=_("subject"))
    # On a phone, it has the place of a status.
    state = FieldColumn(field=Request._meta.get_field("state"), spot="status")
    created_at = MomentColumn(spot="added")
    received_at = MomentColumn()
    id = Column(verbose_name=_("number"), end=True, priority=3)
    # Only the Trash list has it.
    deleted_at = MomentColumn(verbose_name=_("in Trash since"))

    class Meta:
        model = Request
        fields = fields.LIST

    priorities = {"state": 1, "email": 2, "owner": 2, "received_at": 2}
    inline_words = {
        "owner": _("%(value)s: assign %(record)s"),
        "state": _("%(value)s: change the state of %(record)s"),
    }

    def render_below_name(self, record):
        return record.sender_name or record.company_name
