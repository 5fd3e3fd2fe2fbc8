"""The URLs of the assignment rules; the page that composes conditions is below those of leads, like their other filters."""

from django.urls import path

from leads.assignment.views import log, rule, rule_delete, rules, run_undo

app_name = "assignment"
urlpatterns = [
    path("", rules.rules, name="rules"),
    path("/order", rules.rule_order, name="rule_order"),
    path("/new", rule.rule_new, name="rule_new"),
    path("/log", log.log, name="log"),
    path("/log/<int:pk>/undo", run_undo.run_undo, name="run_undo"),
    path("/<int:pk>", rule.rule_edit, name="rule"),
    path("/<int:pk>/delete", rule_delete.rule_delete, name="rule_delete"),
]
