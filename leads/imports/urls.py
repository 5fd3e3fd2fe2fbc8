"""The table of contents of the imports: four steps, and their history."""

from django.urls import path

from leads.views import (
    import_columns,
    import_left_out,
    import_list,
    import_new,
    import_page,
    import_plan,
    import_values,
)

app_name = "imports"
urlpatterns = [
    path("", import_list.imports, name="list"),
    path("/new", import_new.new, name="new"),
    path("/template", import_new.template, name="template"),
    path("/<int:pk>", import_page.page, name="import"),
    path("/<int:pk>/columns", import_columns.columns, name="columns"),
    path("/<int:pk>/read", import_columns.read_again, name="read"),
    path("/<int:pk>/values", import_values.values, name="values"),
    path("/<int:pk>/plan", import_plan.plan, name="plan"),
    path("/<int:pk>/check", import_page.check_again, name="check"),
    path("/<int:pk>/left-out", import_left_out.left_out, name="left_out"),
    path("/<int:pk>/stop", import_page.stop, name="stop"),
    path("/<int:pk>/cancel", import_page.cancel, name="cancel"),
]
