"""URLs of export receipts; the URL that starts an export belongs to its kind (crm/kind_urls.py)."""

from django.urls import path

from crm.transfer.exports.views import approval, export_list, file_download

app_name = "exports"
urlpatterns = [
    path("", export_list.exports, name="list"),
    path("/<int:pk>/file", file_download.file, name="file"),
    path("/<int:pk>/decide", approval.decide, name="decide"),
    path("/<int:pk>/fetch", approval.fetch, name="fetch"),
]
