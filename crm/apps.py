"""The machine: settings, history of changes, jobs, pages, tables. It knows no lead."""

from django.apps import AppConfig


class CrmConfig(AppConfig):
    name = "crm"
    label = "crm"
