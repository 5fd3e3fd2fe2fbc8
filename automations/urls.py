"""The URLs of automations; conditions are composed on a page for each record type, with the filters of its list."""

from django.urls import path

from automations.views import (
    automation,
    automation_delete,
    automation_form,
    automation_switch,
    automations,
    cancel_waits,
    conditions,
    run_now,
    trial,
    undo_day,
)

# The record types that automations are for, in the order of the choice.
TABLES = ("lead", "company", "contact", "deal", "request")

app_name = "automations"
urlpatterns = [
    path("", automations.automations, name="list"),
    path("/order", automations.order, name="order"),
    path("/new", automation_form.automation_new, name="new"),
    *(
        path(f"/conditions/{name}", conditions.conditions, {"kind": name}, name=f"{name}_conditions")
        for name in TABLES
    ),
    path("/<int:pk>", automation.automation, name="automation"),
    path("/<int:pk>/edit", automation_form.automation_edit, name="edit"),
    path("/<int:pk>/switch", automation_switch.switch, name="switch"),
    path("/<int:pk>/delete", automation_delete.automation_delete, name="delete"),
    path("/<int:pk>/run", run_now.run_now, name="run_now"),
    path("/<int:pk>/undo-day", undo_day.undo_day, name="undo_day"),
    path("/<int:pk>/waits/cancel", cancel_waits.cancel_waits, name="cancel_waits"),
    path("/<int:pk>/trial", trial.trial, name="trial"),
]
