"""The URLs of the score rules; the page that composes conditions is below those of leads, like their other filters."""

from django.urls import path

from leads.scores.views import score_proposal, score_rule, score_rule_delete, score_rules

app_name = "scores"
urlpatterns = [
    path("", score_rules.score_rules, name="rules"),
    path("/order", score_rules.score_rule_order, name="rule_order"),
    path("/round", score_rules.scoring_round, name="round"),
    path("/new", score_rule.score_rule_new, name="rule_new"),
    path("/proposal", score_proposal.score_proposal, name="proposal"),
    path("/proposal/add", score_proposal.score_proposal_add, name="proposal_add"),
    path("/<int:pk>", score_rule.score_rule_edit, name="rule"),
    path("/<int:pk>/delete", score_rule_delete.score_rule_delete, name="rule_delete"),
]
