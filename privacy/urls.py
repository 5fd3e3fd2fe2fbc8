"""The URLs of privacy."""

from django.urls import path

from privacy.views import erase, erasures, file, keep, person, processing, retention, retention_rule, start

app_name = "privacy"
urlpatterns = [
    path("", start.start, name="start"),
    path("/retention", retention.retention, name="retention"),
    path("/retention/new", retention_rule.rule_new, name="rule_new"),
    path("/retention/<int:pk>", retention_rule.rule_edit, name="rule"),
    path("/retention/<int:pk>/confirm", retention_rule.rule_confirm, name="rule_confirm"),
    path("/retention/<int:pk>/remove", retention_rule.rule_remove, name="rule_remove"),
    path("/processing", processing.processing, name="processing"),
    path("/processing/file", processing.processing_file, name="processing_file"),
    path("/processing/edit", processing.processing_edit, name="processing_edit"),
    path("/keep/<int:pk>", keep.keep, {"kind": "lead"}, name="keep"),
    path("/person", person.person, name="person"),
    path("/person/file", file.file, name="file"),
    path("/person/erase", erase.erase, name="erase"),
    path("/erasures", erasures.erasures, name="erasures"),
]
