"""Who a request is from: what it is linked to, and the records that may be meant, each with its reasons."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from crm.fields.types.field_type import get_field_type
from crm.fields.types.record_links import RecordChoice, get_record_label
from crm.platform.web.rendering.form_rendering import Form, prepare_widgets
from customers.models import Company, Request
from customers.models.request import LINKED
from customers.record_matching import KnownFacts, RecordMatch, get_suggestions_by_kind


def get_sender_facts(row: Any) -> KnownFacts:
    return KnownFacts(
        row.sender_name,
        row.company_name,
        (row.email,) if row.email else (),
        (row.phone_normal,) if row.phone_normal else (),
        row.website,
    )


class LinkForm(Form):
    """A record of one type by its name or number; empty removes the link."""

    def __init__(self, *arguments, name: str, user: User, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.name, model = name, LINKED[name]
        field: Any = Request._meta.get_field(name)
        offered = model.objects.present().visible_to(user)
        # Suggestions expect the name of the kind (crm/records/screens/views/link_suggestions.py).
        self.fields[name] = RecordChoice(offered, required=False, label=capfirst(str(field.verbose_name)))
        prepare_widgets(self)

    @property
    def field(self) -> Any:
        return self[self.name]

    @property
    def record(self) -> Any:
        """The chosen record of a valid form, or None."""
        return self.cleaned_data[self.name]


def get_link_changes(row: Request, form: LinkForm, user: User) -> dict[str, Any]:
    """What linking to the chosen record sets, or removing the link. A contact brings its company, if the user sees that one
    and the request has none."""
    record = form.record
    changes = {form.name: record}
    if form.name == "contact" and record and record.company_id and not row.company_id:
        seen = Company.objects.present().visible_to(user).filter(pk=record.company_id).first()
        if seen and user.has_perm(Company.get_right("view")):
            changes["company"] = seen
    return changes


FIND = {"lead": _("Find a lead"), "company": _("Find a company"), "contact": _("Find a contact")}


@dataclass(frozen=True)
class LinkPlace:
    """A record of one type that a request can be linked to: the linked one and its page as far as the reader may open it,
    or else what may be meant. `form` finds another one."""

    name: str
    label: str
    linked: Any
    page: str
    matches: list[RecordMatch]
    form: LinkForm | None

    @property
    def search_button_label(self) -> str | Promise:
        """The button that opens the form."""
        return FIND[self.name]

    @property
    def offered_matches(self) -> list[tuple[RecordMatch, str]]:
        """The matches with how each is chosen."""
        return [(match, get_record_label(match.record)) for match in self.matches]


def build_link_places(
    row: Request, user: User, *, may_change: bool, sent: LinkForm | None = None
) -> list[LinkPlace]:
    """For each type of record that the user may view, and for what is linked already. `sent` is a form with errors."""
    open_ones = [name for name in LINKED if row.get_linked(name) is None] if may_change else []
    found = get_suggestions_by_kind(get_sender_facts(row), user) if open_ones else {}
    places = []
    for name, model in LINKED.items():
        field: Any = Request._meta.get_field(name)
        linked, may_view = row.get_linked(name), user.has_perm(model.get_right("view"))
        form = sent if sent and sent.name == name else LinkForm(name=name, user=user)
        if linked is not None or (may_view and may_change):
            places.append(
                LinkPlace(
                    name,
                    str(capfirst(str(field.verbose_name))),
                    linked,
                    get_field_type(field).get_fact_url(field, row, user),
                    found.get(model.table, []) if linked is None else [],
                    form if may_view and may_change else None,
                )
            )
    return places
