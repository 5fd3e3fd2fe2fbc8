"""Lead cells that refer to something: a lead by its number, its status with the pipeline, a currency."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from crm.fields.widgets.lookup_widgets import RecordNumber
from crm.fields.widgets.value_widgets import CellWidget, UnknownName, get_cell_text
from crm.platform.configuration.company import get_company_currency
from leads.api.public_ids import parse_public_id
from leads.models import Pipeline, Rate, Status
from leads.statuses.reference_tables import has_several_pipelines


class LeadNumber(RecordNumber):
    """Also reads "lead_…"."""

    def get_internal_id(self, text):
        return parse_public_id(text)


def build_status_formatter() -> Callable[[Status], str]:
    """With several pipelines "Sales: New"; a label alone means the first pipeline that has it."""
    if has_several_pipelines():
        return lambda status: f"{status.pipeline}: {status.label}"
    return lambda status: status.label


def build_stage_formatter() -> Callable[[Status], str]:
    """The same for the stages of deals."""
    if has_several_pipelines(Pipeline.Purpose.DEALS):
        return lambda status: f"{status.pipeline}: {status.label}"
    return lambda status: status.label


class CurrencyCell(CellWidget):
    def prepare(self, user, **keywords):
        self.known = set(Rate.objects.get_available_currencies(get_company_currency()))

    @property
    def choices(self) -> tuple[str, ...]:
        return tuple(sorted(self.known))

    def clean(self, value, row=None, **keywords):
        code = get_cell_text(value).upper()
        if code and code not in self.known:
            raise UnknownName(_("No exchange rate for “%(name)s”.") % {"name": code})
        return code
