"""What a report that Leadwell comes with is made of: a page of questions, each a section."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

from reports.display.record_lines import RecordLines

Text = str | Promise


@dataclass(frozen=True)
class ReportSection:
    """A question of a page: `by` are its fields unless the URL names others, `fixed` says that it always has its own.
    `period` is the one of a URL without a period, if it isn't the usual one."""

    title: Text
    measures: Sequence[str]
    by: Sequence[str] = ()
    picture: str = ""
    basis: str = ""
    fixed: bool = False
    period: str = ""


@dataclass(frozen=True)
class StandardReport:
    """`figures` are shown above the sections, each as one number, and `lines` below them, a line for each record. `other_names` are
    what people call it elsewhere; the palette finds it by them."""

    name: str
    title: Text
    definition: Text
    sections: Sequence[ReportSection]
    figures: Sequence[str] = ()
    other_names: Text = ""
    lines: RecordLines | None = None
