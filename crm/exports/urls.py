"""URLs of export receipts; the URL that starts an export belongs to its kind (crm/records/urls.py)."""

from django.urls import path

from crm.exports.views import approval, file, list

app_name = "exports"
urlpatterns = [
    path("", list.exports, name="list"),
    path("/<int:pk>/file", file.file, name="file"),
    path("/<int:pk>/decide", approval.decide, name="decide"),
    path("/<int:pk>/fetch", approval.fetch, name="fetch"),
]
