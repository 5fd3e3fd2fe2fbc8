"""Days and points in time."""

from django.db.models import Q
from django.utils import formats, timezone
from django.utils.dateparse import parse_date, parse_datetime

from crm.fields.conditions import operators
from crm.fields.conditions.periods import PAST_PERIODS, Period
from crm.fields.sort_segments import ColumnSort
from crm.fields.types.field_type import FieldType, build_sort_index
from crm.fields.widgets.value_widgets import DateCell, MomentCell
from crm.platform.web.rendering.html_building import html
from crm.templatetags.look import short_date


class Day(FieldType):
    width = 13
    has_few_values = True
    periods = (*PAST_PERIODS, "overdue", "next7", "later", "none")

    def format_value(self, field, value, reader=None):
        day = parse_date(value) if isinstance(value, str) else value
        return formats.date_format(day, "j M Y") if day else ""

    def render_cell(self, field, record):
        return short_date(getattr(record, field.name))

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

    def build_filter(self, field):
        return Period(label=field.verbose_name, column=field.name, periods=list(self.periods), dates=True)

    def get_operators(self, field):
        return operators.drop_needless_emptiness(field, operators.build_date_operators(self.periods))

    def widget(self, field):
        return DateCell()


class Moment(Day):
    """A point in time: a short date in lists, newest first on the first click; date and time elsewhere."""

    end = True
    first_down = True
    has_few_values = False
    width = 16
    periods = (*PAST_PERIODS, "none")

    def format_value(self, field, value, reader=None):
        moment = parse_datetime(value) if isinstance(value, str) else value
        return formats.date_format(timezone.localtime(moment), "j M Y, H:i") if moment else ""

    def render_cell(self, field, record):
        return short_date(getattr(record, field.name))

    def render_fact(self, field, record):
        value = getattr(record, field.name)
        if not value:
            return ""
        return html('<time datetime="{}">{}</time>', value.isoformat(), self.format_value(field, value))

    def build_filter(self, field):
        return Period(label=field.verbose_name, column=field.name, periods=list(self.periods))

    def get_operators(self, field):
        return operators.drop_needless_emptiness(
            field, operators.build_date_operators(self.periods, moments=True)
        )

    def widget(self, field):
        return MomentCell()

    def json_sql(self, field, row):
        return f"""to_char({row}."{field.column}" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"""
