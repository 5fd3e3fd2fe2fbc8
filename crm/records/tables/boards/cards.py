"""The cards of a board, drawn in one pass: a template per card takes several times as long as its values."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from crm.platform.record_types import RecordType
from crm.platform.web.rendering.html_building import DrawnOnce, escape_value, html, join_html
from crm.records.tables.record_table import build_record_query, split_at_record
from crm.templatetags.look import render_icon_symbols, repeated_icon

MORE = repeated_icon("more")


class Cards:
    """The cards of these records, for the reader of a board, whose place their links carry along. A kind says what its
    cards show below the name and at their foot, and which of them wait too long."""

    # The icons that cards repeat, so the page contains their drawing once.
    icons: ClassVar[tuple[str, ...]] = ("more", "clock")

    def __init__(self, kind: RecordType, records: Iterable[Any], *, place: str, may_select: bool) -> None:
        self.kind, self.may_select = kind, may_select
        self.records = {record.pk: record for record in records}
        # As HTML, although quoting leaves nothing to escape.
        self.query = escape_value(build_record_query(place))
        self.address = escape_value(self.kind.get_url("board"))
        self.once = DrawnOnce()
        # Translated once for all cards.
        self.words_to_move = split_at_record(escape_value(_("Move %(record)s to…")))
        self.words_to_select = split_at_record(escape_value(_("Select %(record)s")))

    def render_cards(self, ids: Sequence[int], column: Any = None) -> SafeString:
        """The cards of these records, in this order. With a column, they say that they belong there."""
        return join_html(self._render_card(self.records[pk], column) for pk in ids if pk in self.records)

    @classmethod
    def render_symbols(cls) -> SafeString:
        return render_icon_symbols(cls.icons)

    def is_late(self, record) -> bool:
        return False

    def render_below_name(self, record) -> Any:
        return ""

    def render_lines(self, record) -> Any:
        """What is between the name and the foot."""
        return ""

    def render_foot(self, record) -> Any:
        return ""

    def _render_card(self, record, column: Any) -> SafeString:
        pk, name = record.pk, escape_value(str(record))
        late = " data-stale" if self.is_late(record) else ""
        place = html(' data-column="{}"', column) if column is not None else ""
        below = self.render_below_name(record)
        return join_html(
            [
                f'<li class=ticket id="card-{pk}" data-version={record.version}{late}{place}>',
                self._render_checkbox(pk, name),
                f'<span class=lead><a href="{escape_value(record.get_absolute_url())}{self.query}">{name}</a>',
                html("<small>{}</small>", below) if below else "",
                "</span>",
                self._render_menu(pk, name) if record.may_change and not record.is_read_only else "",
                escape_value(self.render_lines(record)),
                f"<div class=foot>{escape_value(self.render_foot(record))}</div></li>",
            ]
        )

    def _render_checkbox(self, pk: int, name: str) -> str:
        if not self.may_select:
            return ""
        before, after = self.words_to_select
        return f'<input class=tick type=checkbox name=record value={pk} aria-label="{before}{name}{after}">'

    def _render_menu(self, pk: int, name: str) -> str:
        """A link, so that it also works without JavaScript. Only cards that have it can be dragged."""
        before, after = self.words_to_move
        return f'<a class=to href="{self.address}/{pk}/move" data-inline aria-label="{before}{name}{after}">{MORE}</a>'
