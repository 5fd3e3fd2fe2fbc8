"""The URLs of the assignment rules; the page that composes conditions is below those of leads, like their other filters."""

from django.urls import path

from leads.assignment.views import assignment_rule, assignment_rules, rule_delete, run_log, run_undo

app_name = "assignment"
urlpatterns = [
    path("", assignment_rules.rules, name="rules"),
    path("/order", assignment_rules.rule_order, name="rule_order"),
    path("/new", assignment_rule.rule_new, name="rule_new"),
    path("/log", run_log.log, name="log"),
    path("/log/<int:pk>/undo", run_undo.run_undo, name="run_undo"),
    path("/<int:pk>", assignment_rule.rule_edit, name="rule"),
    path("/<int:pk>/delete", rule_delete.rule_delete, name="rule_delete"),
]
