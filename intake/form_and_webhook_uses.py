"""Which web forms and incoming webhooks a change of settings, or the end of a user, would break: its page names them before it is
saved."""

from collections.abc import Iterable, Sequence
from functools import singledispatch
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import ngettext

from accounts.models import User
from crm.fields.schemas import WHOLE_NAME
from crm.models import CustomField
from crm.records.kinds.record_uses import Requirement, Retirement, Uses, get_visible_rows
from intake.forms.questions import get_usable_questions
from intake.forms.settings.contract_check import get_form_status, is_always_filled
from intake.models import IncomingWebhook, WebForm
from intake.webhooks.record_creation import get_default_values
from leads.forms import get_first_status
from leads.models import Lead, Pipeline, Source, Status

# What a whole name fills.
OF_NAMES = ("first_name", "last_name")
# The pages of a form and of a webhook on which their fields, or their owner, are set.
OF_FIELDS = ("intake_forms:questions", "incoming:mapping")
OF_OWNERS = ("intake_forms:edit", "incoming:edit")


def get_affected_rows(record: Any, viewer: User) -> list[Uses]:
    return _find_affected_rows(record, viewer)


@singledispatch
def _find_affected_rows(record: Any, viewer: User) -> list[Uses]:
    return []


@_find_affected_rows.register
def _find_requirement_uses(change: Requirement, viewer: User) -> list[Uses]:
    forms = (
        [form for form in _get_published_forms() if may_lack_field(form, change)]
        if change.table == Lead.table
        else []
    )
    webhooks = [row for row in _get_webhooks() if never_fills_field(row, change)]
    return [
        *_build_uses(
            forms,
            ngettext(
                "%(number)s web form doesn’t require “%(field)s”. Its leads will be added without it and marked as incomplete",
                "%(number)s web forms don’t require “%(field)s”. Their leads will be added without it and marked as incomplete",
                len(forms),
            ),
            viewer,
            field=change.label,
        ),
        *_build_uses(
            webhooks,
            ngettext(
                "%(number)s incoming webhook has no mapping for “%(field)s”. It will add no records until the field is mapped",
                "%(number)s incoming webhooks have no mapping for “%(field)s”. They will add no records until the field is mapped",
                len(webhooks),
            ),
            viewer,
            field=change.label,
        ),
    ]


@_find_affected_rows.register
def _find_retirement_uses(change: Retirement, viewer: User) -> list[Uses]:
    if isinstance(change.of, Status):
        return _find_retired_status_uses(change.of, viewer)
    return _find_field_uses(change.of, viewer) if isinstance(change.of, CustomField) else []


@_find_affected_rows.register
def _find_field_uses(record: CustomField, viewer: User) -> list[Uses]:
    forms = [
        form
        for form in _get_published_forms()
        if record.key in {question.field for question in get_usable_questions(form.questions)}
    ]
    webhooks = [row for row in _get_webhooks() if record.key in row.mapping.values()]
    return [
        *_build_uses(
            forms,
            ngettext(
                "%(number)s web form asks for the field. It will no longer ask for it",
                "%(number)s web forms ask for the field. They will no longer ask for it",
                len(forms),
            ),
            viewer,
        ),
        *_build_uses(
            webhooks,
            ngettext(
                "%(number)s incoming webhook fills the field. It will no longer fill it",
                "%(number)s incoming webhooks fill the field. They will no longer fill it",
                len(webhooks),
            ),
            viewer,
        ),
    ]


@_find_affected_rows.register
def _find_user_uses(record: User, viewer: User) -> list[Uses]:
    webhooks = [row for row in _get_webhooks() if row.owner_id == record.pk]
    of_requests = [row for row in webhooks if row.makes == IncomingWebhook.Makes.REQUEST]
    own: list[Any] = [form for form in _get_published_forms() if form.owner_id == record.pk]
    own += [row for row in webhooks if row not in of_requests]
    notifying = [form for form in _get_published_forms() if record.pk in form.notify]
    return [
        *_build_uses(
            own,
            ngettext(
                "%(number)s web form or incoming webhook assigns its leads to this user. The assignment rules assign them until "
                "another owner is chosen",
                "%(number)s web forms or incoming webhooks assign their leads to this user. The assignment rules assign them "
                "until another owner is chosen",
                len(own),
            ),
            viewer,
            pages=OF_OWNERS,
        ),
        *_build_uses(
            of_requests,
            ngettext(
                "%(number)s incoming webhook assigns its requests to this user. They come in unassigned until another owner is "
                "chosen",
                "%(number)s incoming webhooks assign their requests to this user. They come in unassigned until another owner "
                "is chosen",
                len(of_requests),
            ),
            viewer,
            pages=OF_OWNERS,
        ),
        *_build_uses(
            notifying,
            ngettext(
                "%(number)s web form notifies this user of new leads. It no longer does",
                "%(number)s web forms notify this user of new leads. They no longer do",
                len(notifying),
            ),
            viewer,
            pages=OF_OWNERS,
        ),
    ]


@_find_affected_rows.register
def _find_status_uses(record: Status, viewer: User) -> list[Uses]:
    """A status that is merged or deleted has a replacement."""
    using = [row for row in _get_forms_and_webhooks() if row.status_id == record.pk]
    words = ngettext(
        "%(number)s web form or incoming webhook starts its leads in this status. If it’s merged or deleted, they will start in the "
        "replacement",
        "%(number)s web forms or incoming webhooks start their leads in this status. If it’s merged or deleted, they will start in "
        "the replacement",
        len(using),
    )
    return _build_uses(using, words, viewer, pages=OF_OWNERS)


@_find_affected_rows.register
def _find_source_uses(record: Source, viewer: User) -> list[Uses]:
    using = [row for row in _get_forms_and_webhooks() if row.source_id == record.pk]
    words = ngettext(
        "%(number)s web form or incoming webhook gives its leads this source. If it’s merged or deleted, they will get the "
        "replacement",
        "%(number)s web forms or incoming webhooks give their leads this source. If it’s merged or deleted, they will get the "
        "replacement",
        len(using),
    )
    return _build_uses(using, words, viewer, pages=OF_OWNERS)


def _find_retired_status_uses(record: Status, viewer: User) -> list[Uses]:
    using = [row for row in _get_forms_and_webhooks() if row.status_id == record.pk]
    words = ngettext(
        "%(number)s web form or incoming webhook starts its leads in this status. They will start in the first status of their "
        "department",
        "%(number)s web forms or incoming webhooks start their leads in this status. They will start in the first status of "
        "their department",
        len(using),
    )
    return _build_uses(using, words, viewer)


def may_lack_field(form: WebForm, change: Requirement) -> bool:
    """Whether the form may add leads without the field that will be required."""
    if change.departments and form.department_id not in change.departments:
        return False
    first = get_form_status(form)
    if change.status and getattr(first, "pk", None) != change.status:
        return False
    if change.pipeline and (
        first is None or first.pk == form.status_id or first.pipeline_id != change.pipeline
    ):
        return False
    return not is_always_filled(form, get_usable_questions(form.questions), change.name)


def never_fills_field(webhook: IncomingWebhook, change: Requirement) -> bool:
    """Whether the webhook never fills the field that will be required. One without a mapping adds nothing as it is."""
    if webhook.makes != change.table or not webhook.mapping:
        return False
    if change.departments and webhook.department_id not in change.departments:
        return False
    filled = {name for name, value in get_default_values(webhook).items() if value}
    if change.status and get_default_values(webhook).get("status") != change.status:
        return False
    if change.pipeline and (webhook.status or not begins_in_pipeline(webhook, change.pipeline)):
        return False
    mapped = set(webhook.mapping.values())
    named = WHOLE_NAME in mapped and change.name in OF_NAMES
    return not (named or change.name in mapped or change.name in filled)


def begins_in_pipeline(webhook: IncomingWebhook, pipeline: int) -> bool:
    first = get_first_status(webhook.department, Pipeline.Purpose.LEADS)
    return first is not None and first.pipeline_id == pipeline


def _get_published_forms() -> list[WebForm]:
    """Those that visitors can open."""
    return list(WebForm.objects.published().with_names().select_related("status__pipeline").by_name())


def _get_webhooks() -> list[IncomingWebhook]:
    rows = IncomingWebhook.objects.active().select_related("department", "owner", "source", "status")
    return list(rows.by_name())


def _get_forms_and_webhooks() -> list[Any]:
    return [*_get_published_forms(), *_get_webhooks()]


def _build_uses(
    rows: list[Any], sentence: str, viewer: User, *, pages: tuple[str, str] = OF_FIELDS, **values: str
) -> list[Uses]:
    """The sentence with the number of rows and other values; their names only for users who may view them. `pages` are those that
    change a form and a webhook."""
    words = sentence % {"number": len(rows), **values}
    return [Uses(words, list(_get_visible_names(rows, viewer, pages)))] if rows else []


def _get_visible_names(
    rows: Sequence[Any], viewer: User, pages: tuple[str, str]
) -> Iterable[tuple[str, str]]:
    seen: list[Any] = []
    for model in (WebForm, IncomingWebhook):
        seen += get_visible_rows(
            viewer, [row for row in rows if isinstance(row, model)], model.get_right("view")
        )
    for row in rows:
        if row in seen:
            page = pages[0] if isinstance(row, WebForm) else pages[1]
            yield (
                row.name,
                reverse(page, args=[row.pk]) if viewer.has_perm(type(row).get_right("change")) else "",
            )
        else:
            yield _now("another one"), ""
