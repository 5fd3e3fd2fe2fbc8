"""The addresses of all calls that every record type has."""

from django.urls import URLPattern, path

from crm.api.v2.documentation.batch_calls import build_batch_calls
from crm.api.v2.documentation.list_calls import build_list_urls
from crm.api.v2.documentation.record_calls import build_file_call, build_kind_calls, document_custom_fields
from crm.api.v2.record_page.emails import build_emails_call
from crm.api.v2.record_page.files import build_files_call
from crm.api.v2.record_page.history import build_history_call
from crm.api.v2.settings_changes.custom_field_calls import build_custom_field_urls
from crm.records.kinds.kind_registry import Kind


def build_record_urls(kind: Kind) -> list[URLPattern]:
    """Each view is a class of its own, because each is documented. What a token needs a right to is called like the list."""
    name, many = kind.name, kind.urls
    listing, one, bulk, changes = build_kind_calls(kind, resource=many)
    batch, batch_deletion = build_batch_calls(kind, resource=many)
    history = build_history_call(kind, resource=many)
    field_file, files = build_file_call(kind, resource=many), build_files_call(kind, resource=many)
    record = f"{many}/<str:pk>"
    return [
        *build_custom_field_urls(kind, document_custom_fields(kind, resource=many)),
        path(many, listing.as_view(), name=f"own_{many}"),
        path(f"{many}/bulk", bulk.as_view(), name=f"own_{many}_bulk"),
        path(f"{many}/batch", batch.as_view(), name=f"own_{many}_batch"),
        path(f"{many}/batch/delete", batch_deletion.as_view(), name=f"own_{many}_batch_delete"),
        path(f"{many}/changes", changes.as_view(), name=f"own_{name}_changes"),
        *build_list_urls(kind, resource=many),
        path(record, one.as_view(), name=f"own_{name}"),
        path(f"{record}/files/<slug:field>", field_file.as_view(), name=f"own_{name}_file"),
        path(f"{record}/history", history.as_view(), name=f"own_{name}_history"),
        path(f"{record}/files", files.as_view(), name=f"own_{name}_files"),
        path(f"{record}/emails", build_emails_call(kind).as_view(), name=f"own_{name}_emails"),
    ]
