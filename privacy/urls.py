"""The URLs of privacy."""

from django.urls import path

from privacy.views import (
    erase,
    erasures,
    keep_lead,
    person,
    personal_data_file,
    privacy_overview,
    processing_record,
    retention,
    retention_rule,
)

app_name = "privacy"
urlpatterns = [
    path("", privacy_overview.privacy_overview, name="start"),
    path("/retention", retention.retention, name="retention"),
    path("/retention/new", retention_rule.rule_new, name="rule_new"),
    path("/retention/<int:pk>", retention_rule.rule_edit, name="rule"),
    path("/retention/<int:pk>/confirm", retention_rule.rule_confirm, name="rule_confirm"),
    path("/retention/<int:pk>/remove", retention_rule.rule_remove, name="rule_remove"),
    path("/processing", processing_record.processing_record, name="processing"),
    path("/processing/file", processing_record.processing_file, name="processing_file"),
    path("/processing/edit", processing_record.processing_edit, name="processing_edit"),
    path("/keep/<int:pk>", keep_lead.keep, {"kind": "lead"}, name="keep"),
    path("/person", person.person, name="person"),
    path("/person/file", personal_data_file.file, name="file"),
    path("/person/erase", erase.erase, name="erase"),
    path("/erasures", erasures.erasures, name="erasures"),
]
