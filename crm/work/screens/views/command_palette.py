"""Search or jump to: the palette. A number goes straight to the record; words find records, notes, pages and commands; without
words, it lists recent records and everything you can do from here."""

from dataclasses import dataclass
from typing import Any

from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm.platform.audit.viewing_entries import record_search
from crm.platform.text.text_folding import has_all_words
from crm.platform.web.palette_pages import PalettePage, get_palette_pages
from crm.platform.web.responses import render_response
from crm.records.kinds.kind_registry import Kind, get_viewable_kinds
from crm.records.listing.record_list import get_records_for_page
from crm.records.listing.search.recent_records import get_recently_opened_keys
from crm.records.listing.search.search_results import find_record_url_by_number, get_best_matches
from crm.work.activities.search import find_newest_activities
from crm.work.tasks.call_backs import CallBackMoment, build_call_back_moments

FIRST = 8
MOST_NOTES = 10


@require_safe
def jump(request):
    text = request.GET.get("q", "").strip()
    kinds = get_viewable_kinds(request.user)
    record_search("", text)
    if not request.htmx and (address := find_record_url_by_number(kinds, text, request.user)):
        return redirect(address)
    found = (
        [(kind, get_best_matches(kind, text, request.user, FIRST)) for kind in kinds]
        if text
        else get_recent_records(request, kinds)
    )
    context = {
        "text": text,
        "found": [(kind, records) for kind, records in found if records],
        "notes": find_newest_activities(text, request.user, MOST_NOTES) if text else [],
        "call_backs": [one for one in get_call_backs(request) if has_all_words(text, one.label)],
        "places": [
            place
            for place in get_pages(request, kinds)
            if has_all_words(text, f"{place.label}, {place.names}")
        ],
    }
    return render_response(
        request, "records/jump.html", context, fragments={"palette-found": "records/_found.html"}
    )


@dataclass(frozen=True)
class CallBackCommand:
    """`address` adds the call-back; `record` is the one on whose page the palette was opened."""

    record: Any
    moment: CallBackMoment
    address: str

    @property
    def label(self) -> str:
        return " ".join([_("Call back"), self.moment.label, str(self.record)])


def get_call_backs(request) -> list[CallBackCommand]:
    """The call-backs for the record whose page the palette was opened on; none elsewhere."""
    try:
        page = resolve(request.htmx.current_url_abs_path.partition("?")[0]) if request.htmx else None
    except (AttributeError, Resolver404):
        return []
    kind = next(
        (one for one in get_viewable_kinds(request.user) if page and page.view_name == f"{one.urls}:record"),
        None,
    )
    if kind is None or page is None:
        return []
    row = kind.model.objects.present().changeable_by(request.user).filter(pk=page.kwargs["pk"]).first()
    if row is None or not request.user.has_perm(kind.get_right("change")):
        return []
    address = kind.get_url("add_call_back", row.pk)
    return [CallBackCommand(row, moment, address) for moment in build_call_back_moments(request.user)]


def get_pages(request, kinds: list[Kind]) -> list[PalettePage]:
    """The commands that are available everywhere, and the pages that this user may open."""
    found = [place for kind in kinds for place in get_commands(kind, request.user)]
    for kind in kinds:
        found += [PalettePage(str(tab.label), kind.icon, f"{kind.list_url}?{tab.query}") for tab in kind.work]
        found.append(PalettePage(str(kind.words.all), kind.icon, f"{kind.list_url}?all=1"))
        if kind.board:
            words = _("Board: %(many)s") % {"many": kind.words.many}
            found.append(PalettePage(words, "board", f"{kind.get_url('board')}?all=1"))
    others = get_palette_pages(request)
    known = {place.path for place in others}
    if request.user.has_perm("crm.view_customfield"):
        fields = [
            PalettePage(_("Fields: %(many)s") % {"many": kind.words.many}, "settings", kind.get_url("fields"))
            for kind in kinds
        ]
        # Those of the first kind have a tab in Settings.
        found += [place for place in fields if place.path not in known]
    return [*found, *others]


def get_commands(kind: Kind, user) -> list[PalettePage]:
    """The commands for a kind that the user may run."""
    many = {"many": kind.words.many}
    offered = [
        (["add"], PalettePage(str(kind.words.new), "plus", kind.get_url("new"))),
        (["add", "import"], PalettePage(_("Import %(many)s") % many, "upload", kind.get_url("import"))),
        (["export"], PalettePage(_("Export %(many)s") % many, "download", f"{kind.get_url('export')}?all=1")),
        ([], PalettePage(_("Saved views: %(many)s") % many, "star", kind.get_url("views"))),
        (["delete"], PalettePage(_("Trash: %(many)s") % many, "bin", kind.get_url("trash"))),
    ]
    return [place for rights, place in offered if user.has_perms([kind.get_right(right) for right in rights])]


def get_recent_records(request, kinds: list[Kind]) -> list[tuple[Kind, list]]:
    """The records that this user opened last and still sees, by kind."""
    opened = get_recently_opened_keys(request)
    ids = {kind.name: [pk for name, pk in opened if name == kind.name] for kind in kinds}
    return [
        (kind, get_records_for_page(kind, ids[kind.name], seen_by=request.user))
        for kind in kinds
        if ids[kind.name]
    ]
