"""The URLs of duplicates in API v2."""

from typing import Any

from django.urls import path

from crm.records.kinds.kind_registry import Kind
from customers.companies.kind import COMPANY
from customers.contacts.kind import CONTACT
from duplicates.api.duplicate_lists import DifferentRecords, DuplicateGroups, build_duplicates_call
from duplicates.api.record_merge import build_merge_call
from leads.kind import LEAD


def build_record_urls(kind: Kind) -> list[Any]:
    one, name = f"{kind.urls}/<str:pk>", f"own_{kind.name}"
    duplicates = build_duplicates_call(kind, resource=kind.urls)
    merge = build_merge_call(kind, resource=kind.urls)
    return [
        path(f"{one}/duplicates", duplicates.as_view(), name=f"{name}_duplicates"),
        path(f"{one}/merge", merge.as_view(), name=f"{name}_merge"),
    ]


urlpatterns = [
    path("duplicates", DuplicateGroups.as_view(), name="own_duplicate_groups"),
    path("duplicates/different", DifferentRecords.as_view(), name="own_duplicates_different"),
    *(address for kind in (LEAD, CONTACT, COMPANY) for address in build_record_urls(kind)),
]
