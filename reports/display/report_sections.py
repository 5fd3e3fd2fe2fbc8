"""What a report that Leadwell comes with is made of: a page of questions, each a section."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True)
class ReportSection:
    """A question of a page: `by` are its fields unless the URL names others, `fixed` says that it always has its own."""

    title: Text
    measures: Sequence[str]
    by: Sequence[str] = ()
    picture: str = ""
    basis: str = ""
    fixed: bool = False


@dataclass(frozen=True)
class StandardReport:
    """`figures` are shown above the sections, each as one number. `other_names` are what people call it elsewhere; the palette finds
    it by them."""

    name: str
    title: Text
    definition: Text
    sections: Sequence[ReportSection]
    figures: Sequence[str] = ()
    other_names: Text = ""
