"""URLs of imports: their steps and their history; the URL that starts an import belongs to its kind
(crm/kind_urls.py)."""

from django.urls import path

from crm.transfer.imports.views import (
    column_mapping,
    import_list,
    import_page,
    plan_preview,
    sheet_choice,
    skipped_rows,
    value_mapping,
)

app_name = "imports"
urlpatterns = [
    path("", import_list.imports, name="list"),
    path("/<int:pk>", import_page.import_page, name="import"),
    path("/<int:pk>/sheets", sheet_choice.sheets, name="sheets"),
    path("/<int:pk>/part", sheet_choice.begin_part, name="part"),
    path("/<int:pk>/columns", column_mapping.columns, name="columns"),
    path("/<int:pk>/read", column_mapping.read_again, name="read"),
    path("/<int:pk>/values", value_mapping.values, name="values"),
    path("/<int:pk>/plan", plan_preview.plan, name="plan"),
    path("/<int:pk>/check", import_page.check_again, name="check"),
    path("/<int:pk>/left-out", skipped_rows.skipped_rows, name="left_out"),
    path("/<int:pk>/stop", import_page.stop, name="stop"),
    path("/<int:pk>/cancel", import_page.cancel, name="cancel"),
]
