"""The URLs of leads' settings; part of leads/urls.py."""

from django.urls import path

from leads.views import (
    lost_reasons,
    pipeline_form,
    pipeline_retire,
    pipelines,
    queue_rules,
    rates,
    settings_bulk,
    settings_delete,
    settings_merge,
    settings_order,
    settings_rename,
    source,
    source_cost,
    source_form,
    sources,
    status,
    status_form,
    statuses,
    tags,
)

urlpatterns = [
    path("/statuses/bulk", settings_bulk.settings_bulk, {"table": "status"}, name="settings_bulk"),
    path("/sources/bulk", settings_bulk.settings_bulk, {"table": "source"}, name="settings_bulk"),
    path("/tags/bulk", settings_bulk.settings_bulk, {"table": "tag"}, name="settings_bulk"),
    path("/lost-reasons/bulk", settings_bulk.settings_bulk, {"table": "lost_reason"}, name="settings_bulk"),
    path("/statuses/merge", settings_merge.settings_merge, {"table": "status"}, name="settings_merge"),
    path("/sources/merge", settings_merge.settings_merge, {"table": "source"}, name="settings_merge"),
    path("/tags/merge", settings_merge.settings_merge, {"table": "tag"}, name="settings_merge"),
    path(
        "/lost-reasons/merge", settings_merge.settings_merge, {"table": "lost_reason"}, name="settings_merge"
    ),
    path("/statuses/order", settings_order.settings_order, {"table": "status"}, name="settings_order"),
    path("/sources/order", settings_order.settings_order, {"table": "source"}, name="settings_order"),
    path("/tags/order", settings_order.settings_order, {"table": "tag"}, name="settings_order"),
    path(
        "/lost-reasons/order", settings_order.settings_order, {"table": "lost_reason"}, name="settings_order"
    ),
    path("/statuses/rename", settings_rename.settings_rename, {"table": "status"}, name="settings_rename"),
    path("/sources/rename", settings_rename.settings_rename, {"table": "source"}, name="settings_rename"),
    path("/tags/rename", settings_rename.settings_rename, {"table": "tag"}, name="settings_rename"),
    path(
        "/lost-reasons/rename",
        settings_rename.settings_rename,
        {"table": "lost_reason"},
        name="settings_rename",
    ),
    path("/statuses", statuses.statuses, name="statuses"),
    path("/statuses/new", status_form.status_new, name="status_new"),
    path("/statuses/<int:pk>", status.status, name="status"),
    path("/statuses/<int:pk>/edit", status_form.status_edit, name="status_edit"),
    path(
        "/statuses/<int:pk>/delete",
        settings_delete.settings_delete,
        {"table": "status"},
        name="status_delete",
    ),
    path("/sources", sources.sources, name="sources"),
    path("/sources/new", source_form.source_new, name="source_new"),
    path("/sources/<int:pk>", source.source, name="source"),
    path("/sources/<int:pk>/edit", source_form.source_edit, name="source_edit"),
    path(
        "/sources/<int:pk>/delete", settings_delete.settings_delete, {"table": "source"}, name="source_delete"
    ),
    path("/sources/<int:pk>/costs", source_cost.cost_new, name="cost_new"),
    path("/sources/<int:pk>/costs/<int:cost>", source_cost.cost_edit, name="cost_edit"),
    path("/sources/<int:pk>/costs/<int:cost>/remove", source_cost.cost_remove, name="cost_remove"),
    path("/pipelines", pipelines.pipelines, name="pipelines"),
    path("/pipelines/order", pipelines.pipeline_order, name="pipeline_order"),
    path("/pipelines/new", pipeline_form.pipeline_new, name="pipeline_new"),
    path("/pipelines/<int:pk>", pipeline_form.pipeline_edit, name="pipeline_edit"),
    path("/pipelines/<int:pk>/retire", pipeline_retire.pipeline_retire, name="pipeline_retire"),
    path("/pipelines/<int:pk>/activate", pipeline_retire.pipeline_activate, name="pipeline_activate"),
    path("/queue/rules", queue_rules.queue_rules, name="queue_rules"),
    path("/rates", rates.rates, name="rates"),
    path("/rates/<int:pk>", rates.rate_edit, name="rate_edit"),
    path("/rates/<int:pk>/remove", rates.rate_remove, name="rate_remove"),
    path("/tags", tags.tags, name="tags"),
    path("/tags/new", tags.tag_new, name="tag_new"),
    path("/tags/<int:pk>", tags.tag_edit, name="tag_edit"),
    path("/lost-reasons", lost_reasons.lost_reasons, name="lost_reasons"),
    path("/lost-reasons/new", lost_reasons.lost_reason_new, name="lost_reason_new"),
    path("/lost-reasons/<int:pk>", lost_reasons.lost_reason_edit, name="lost_reason_edit"),
]
