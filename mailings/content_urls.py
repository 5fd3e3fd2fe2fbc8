"""URLs below /admin/mailings for what mailings say, and for the templates, lists and senders in Settings."""

from django.urls import path

from mailings.views import mailing_content, mailing_files, mailing_lists, mailing_templates, senders

urlpatterns = [
    path("/<int:pk>/content", mailing_content.mailing_content, name="mailing_content"),
    path("/<int:pk>/files", mailing_files.mailing_files, name="mailing_files"),
    path("/<int:pk>/files/<int:file>", mailing_files.mailing_file, name="mailing_file"),
    path("/<int:pk>/files/<int:file>/remove", mailing_files.mailing_file_remove, name="mailing_file_remove"),
    path("/templates", mailing_templates.mailing_templates, name="mailing_templates"),
    path("/templates/new", mailing_templates.mailing_template_new, name="mailing_template_new"),
    path("/templates/<int:pk>", mailing_templates.mailing_template_edit, name="mailing_template"),
    path(
        "/templates/<int:pk>/delete",
        mailing_templates.mailing_template_delete,
        name="mailing_template_delete",
    ),
    path("/lists", mailing_lists.mailing_lists, name="mailing_lists"),
    path("/lists/new", mailing_lists.mailing_list_new, name="mailing_list_new"),
    path("/lists/<int:pk>", mailing_lists.mailing_list_edit, name="mailing_list"),
    path("/senders", senders.senders, name="mailing_senders"),
    path("/senders/<int:pk>", senders.sender_edit, name="mailing_sender"),
]
