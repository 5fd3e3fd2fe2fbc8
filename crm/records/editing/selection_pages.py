"""Pages that take a set of records: what the bulk bar offers beside the actions, such as an export. The apps add theirs."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.models import FrozenSet
from crm.records.kinds.kind_registry import Kind


@dataclass(frozen=True, eq=False)
class SetPage:
    """`rights` are the permissions that it requires, and `url` leads to it with a frozen set."""

    name: str
    label: str | Promise
    rights: Callable[[Kind], list[str]]
    url: Callable[[Kind, FrozenSet], str]
    icon: str
    # The kinds of records that it takes; all if there are none.
    kinds: tuple[str, ...] = ()

    def is_for(self, kind: Kind) -> bool:
        return not self.kinds or kind.name in self.kinds

    def is_allowed(self, kind: Kind, user) -> bool:
        return self.is_for(kind) and user.has_perms(self.rights(kind))


EXPORT = SetPage(
    "export",
    _("Export"),
    lambda kind: [kind.get_right("export")],
    lambda kind, frozen: f"{kind.get_url('export')}?set={frozen.pk}",
    "download",
)
SET_PAGES = [EXPORT]


def find_selection_page(name: str, kind: Kind) -> SetPage | None:
    return next((page for page in SET_PAGES if page.name == name and page.is_for(kind)), None)


def get_menu_pages(kind: Kind, user) -> list[SetPage]:
    """Those in the menu of the bulk bar. The export has a button."""
    return [page for page in SET_PAGES if page is not EXPORT and page.is_allowed(kind, user)]
