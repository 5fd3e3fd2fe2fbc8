"""API v2: the purposes of consent with the texts that people agree to, added and changed as on their pages."""

from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from crm.api.api_view import build_json_response
from crm.api.openapi_parts import build_number_field, build_response_serializer, build_text_field
from crm.api.token_scopes import TokenResource
from crm.api.v2.documentation.call_parts import call
from crm.api.v2.reference_tables import build_reference_call
from crm.api.v2.settings_changes.form_writing import build_sent_serializer, fill_form, read_form_values
from crm.api.v2.v2_view import OwnView, format_moment, get_row_or_404
from customers.consent.forms import ConsentPurposeForm, ConsentTextForm
from customers.models import ConsentPurpose, ConsentState, ConsentText
from customers.permissions import CONSENT
from leads.settings.api.row_calls import build_list_call, build_row_calls
from leads.settings.api.row_list import RowList
from leads.settings.settings_tables import SettingsTable

RESOURCE = TokenResource(
    "consent_purposes", _("Purposes of consent"), dict.fromkeys(("get", "post", "put"), CONSENT), CONSENT
)
TEXT_NAMES = {"language": "language", "text": "text"}
TEXT = build_response_serializer(
    "ConsentText",
    id=build_number_field(help_text="Consents refer to it as text."),
    language=build_text_field(),
    number=build_number_field(help_text="The version, counted in each language."),
    text=build_text_field(),
    at=serializers.DateTimeField(),
)
SENT_TEXT = build_sent_serializer("ConsentTextFields", ConsentTextForm, TEXT_NAMES)


def purposes_with_texts_queryset() -> Any:
    return ConsentPurpose.objects.by_name().prefetch_related(
        Prefetch("texts", ConsentText.objects.newest_first())
    )


def build_text_json(row: ConsentText) -> dict[str, Any]:
    return {
        "id": row.pk,
        "language": row.language,
        "number": row.number,
        "text": row.text,
        "at": format_moment(row.at),
    }


def build_purpose_json(row: Any, counts: dict[int, tuple[int, int]]) -> dict[str, Any]:
    """`counts` are how many people have given and withdrawn each purpose."""
    given, withdrawn = counts.get(row.pk, (0, 0))
    return {
        "id": row.pk,
        "name": row.name,
        "newsletter": row.is_newsletter,
        "retired": row.retired,
        "given": given,
        "withdrawn": withdrawn,
        "texts": [build_text_json(text) for text in row.texts.all()],
        "version": row.version,
    }


def consent_purposes(user: Any) -> list[dict[str, Any]]:
    counts = ConsentState.objects.count_by_purpose()
    return [build_purpose_json(row, counts) for row in purposes_with_texts_queryset()]


ConsentPurposes = build_reference_call(
    consent_purposes,
    {
        "id": build_number_field(),
        "name": build_text_field(),
        "newsletter": serializers.BooleanField(
            help_text="Whether people who unsubscribe from all mailings withdraw it."
        ),
        "retired": serializers.BooleanField(),
        "given": build_number_field(help_text="How many people have given it."),
        "withdrawn": build_number_field(help_text="How many people have withdrawn it."),
        "texts": TEXT(
            many=True, help_text="All versions of its texts by language, the newest of each first."
        ),
        "version": build_number_field(help_text="For If-Match."),
    },
    resource=RESOURCE.name,
    summary="List purposes of consent",
    title="ConsentPurposes",
    words="Lists what people can agree to, by name, with the versions of its texts. Leads and contacts have the ids in consents.",
)
PURPOSES = RowList(
    table=SettingsTable("consent_purpose", ConsentPurpose, "consents:purposes", _("Purposes of consent")),
    one="consent purpose",
    many="consent purposes",
    rows=purposes_with_texts_queryset,
    reading=ConsentPurposes,
    build_json=lambda row: build_purpose_json(row, ConsentState.objects.count_by_purpose()),
    build_form=lambda data, row, _sent, _user: ConsentPurposeForm(data, instance=row),
    form=ConsentPurposeForm,
    names={"name": "name", "newsletter": "is_newsletter"},
    added={},
    changed={"retired": "retired"},
    resource=RESOURCE.name,
)


@extend_schema_view(
    put=call(
        "Change the text of a consent purpose",
        TEXT,
        name="change_consent_text",
        sends=SENT_TEXT,
        errors=[404],
        example={"language": "en", "text": "I would like to receive news about your products by email."},
        words=(
            "Makes this the text that people agree to from now on, and returns its version. Another text is another version: what people "
            "have agreed to stays as it was, so there is no undo. The same text stays the same version."
        ),
    )
)
class ConsentTexts(OwnView):
    resource = RESOURCE.name
    http_method_names = ["put"]

    def put(self, request: HttpRequest, pk: str) -> HttpResponse:
        values = read_form_values(self.sent_fields, TEXT_NAMES)
        row = get_row_or_404(ConsentPurpose.objects.all(), pk)
        form = fill_form(ConsentTextForm, *values)
        return build_json_response(build_text_json(form.write(row, self.user)))


urlpatterns = [
    path("consent-purposes", build_list_call(PURPOSES).as_view(), name="own_consent_purposes"),
    path("consent-purposes/<str:pk>", build_row_calls(PURPOSES).as_view(), name="own_consent_purpose"),
    path("consent-purposes/<str:pk>/text", ConsentTexts.as_view(), name="own_consent_text"),
]
