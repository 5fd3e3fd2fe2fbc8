"""Numbers and money."""

from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext as _

from crm.fields.conditions import operators
from crm.fields.sort_segments import ColumnSort
from crm.fields.types.field_type import FieldType, build_sort_index
from crm.fields.widgets.value_widgets import NumberCell
from crm.platform.configuration.company import get_company_currency
from crm.platform.web.rendering.html_building import html
from crm.templatetags.look import money, number, percent


class Number(FieldType):
    end = True
    width = 12

    def format_value(self, field, value, reader=None):
        return "" if value is None else number(value)

    def render_cell(self, field, record):
        return self.format_value(field, getattr(record, field.name))

    def render_fact(self, field, record):
        return self.render_cell(field, record)

    def build_sort(self, field):
        column = self.get_sort_column(field)
        return ColumnSort(column, empty=Q(**{column: None}) if field.null else None)

    def build_sort_index(self, field, name):
        column = self.get_sort_column(field)
        return build_sort_index(
            name, column, filled=Q(**{f"{column}__isnull": False}) if field.null else None
        )

    def get_operators(self, field):
        return operators.drop_needless_emptiness(field, operators.NUMBER_OPERATORS)

    def widget(self, field):
        return NumberCell(field)


class Points(Number):
    """A sum of points, of which the most come first."""

    first_down = True


class Percent(Number):
    def format_value(self, field, value, reader=None):
        return "" if value is None else percent(value)

    def widget(self, field):
        return NumberCell(field, unit="%")


class Money(Number):
    """An amount as agreed, with its own currency; it sorts by its value in the base currency."""

    first_down = True

    def get_sort_column(self, field):
        return field.base_column

    def format_value(self, field, value, reader=None):
        return money(value if isinstance(value, Decimal) else field.to_python(value), "").strip()

    def render_cell(self, field, record):
        """In another currency with its base value, or with a note that the rate is missing."""
        value, currency = getattr(record, field.name), getattr(record, field.currency_field)
        if value is None:
            return ""
        text = money(value, currency)
        if currency == get_company_currency():
            return text
        base = getattr(record, field.base_column)
        if base is None:
            return html('{} <small class="warning">{}</small>', text, _("no rate"))
        return html('{} <small class="soft">{}</small>', text, money(base, get_company_currency()))

    def get_only_paths(self, field):
        return [field.name, field.currency_field, field.base_column]

    def json_sql(self, field, row):
        return f'{row}."{field.column}"'
