"""The table of contents of the exports."""

from django.urls import path

from leads.views import export_approval, export_file, export_list, export_new

app_name = "exports"
urlpatterns = [
    path("", export_list.exports, name="list"),
    path("/new", export_new.new, name="new"),
    path("/write", export_new.write, name="write"),
    path("/<int:pk>/file", export_file.file, name="file"),
    path("/<int:pk>/decide", export_approval.decide, name="decide"),
    path("/<int:pk>/fetch", export_approval.fetch, name="fetch"),
]
