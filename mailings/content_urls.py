"""URLs below /admin/mailings for what mailings say, and for the templates, lists and senders in Settings."""

from django.urls import path

from mailings.views import content, files, lists, senders, templates

urlpatterns = [
    path("/<int:pk>/content", content.mailing_content, name="mailing_content"),
    path("/<int:pk>/files", files.mailing_files, name="mailing_files"),
    path("/<int:pk>/files/<int:file>", files.mailing_file, name="mailing_file"),
    path("/<int:pk>/files/<int:file>/remove", files.mailing_file_remove, name="mailing_file_remove"),
    path("/templates", templates.mailing_templates, name="mailing_templates"),
    path("/templates/new", templates.mailing_template_new, name="mailing_template_new"),
    path("/templates/<int:pk>", templates.mailing_template_edit, name="mailing_template"),
    path("/templates/<int:pk>/delete", templates.mailing_template_delete, name="mailing_template_delete"),
    path("/lists", lists.mailing_lists, name="mailing_lists"),
    path("/lists/new", lists.mailing_list_new, name="mailing_list_new"),
    path("/lists/<int:pk>", lists.mailing_list_edit, name="mailing_list"),
    path("/senders", senders.senders, name="mailing_senders"),
    path("/senders/<int:pk>", senders.sender_edit, name="mailing_sender"),
]
