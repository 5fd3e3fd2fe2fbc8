"""URLs of imports: their steps and their history; the URL that starts an import belongs to its kind
(crm/records/urls.py)."""

from django.urls import path

from crm.imports.views import columns, left_out, list, page, plan, sheets, values

app_name = "imports"
urlpatterns = [
    path("", list.imports, name="list"),
    path("/<int:pk>", page.page, name="import"),
    path("/<int:pk>/sheets", sheets.sheets, name="sheets"),
    path("/<int:pk>/part", sheets.begin_part, name="part"),
    path("/<int:pk>/columns", columns.columns, name="columns"),
    path("/<int:pk>/read", columns.read_again, name="read"),
    path("/<int:pk>/values", values.values, name="values"),
    path("/<int:pk>/plan", plan.plan, name="plan"),
    path("/<int:pk>/check", page.check_again, name="check"),
    path("/<int:pk>/left-out", left_out.left_out, name="left_out"),
    path("/<int:pk>/stop", page.stop, name="stop"),
    path("/<int:pk>/cancel", page.cancel, name="cancel"),
]
