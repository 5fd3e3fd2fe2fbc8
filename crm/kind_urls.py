"""The URLs of the screens that every record type has; an app adds them to its own."""

from django.urls import URLPattern, path

from crm.records.custom_fields.views import (
    built_in_field,
    field_choices,
    field_delete,
    field_list,
    type_change,
)
from crm.records.screens.views import (
    add_filter,
    bulk,
    column_choice,
    column_menu,
    filter_form,
    link_suggestions,
    match_count,
    neighbors,
    record_buttons,
    saved_views,
    trash,
)
from crm.records.screens.views import list as record_list
from crm.records.tables.boards.views import board, board_figures
from crm.transfer.exports.views import new_export, value_download
from crm.transfer.imports.views import new_import
from crm.work.activities.views import (
    activity,
    add_activity,
    attached_file,
    mention_suggestions,
    move_activity,
    next_step,
)
from crm.work.emails.views import email, email_draft
from crm.work.screens.views import board_move, edit, field_file, inline_edit, record
from crm.work.tasks.views import add_task as task_add
from crm.work.tasks.views import task


def build_board_urls(name: str) -> list[URLPattern]:
    """The URLs of the board of a kind that has one."""
    kind = {"kind": name}
    return [
        path("/board", board.board, kind, name="board"),
        path("/board/figures", board_figures.board_figures, kind, name="board_figures"),
        path("/board/changes", board.board_changes, kind, name="board_changes"),
        path("/board/<int:pk>/move", board_move.move_card, kind, name="move_card"),
    ]


def build_kind_urls(name: str) -> list[URLPattern]:
    """The URLs of one kind, by its name in the history."""
    kind = {"kind": name}
    return [
        # The list
        path("", record_list.record_list, kind, name="list"),
        path("/count", match_count.count, kind, name="count"),
        path("/filter", filter_form.record_filter, kind, name="filter"),
        path("/filter/add", add_filter.add_filter, kind, name="add_filter"),
        path("/filter/<slug:field>", add_filter.filter_by, kind, name="filter_by"),
        path("/columns", column_choice.columns, kind, name="columns"),
        path("/columns/<slug:name>", column_menu.column, kind, name="column"),
        path("/views", saved_views.saved_views, kind, name="views"),
        path("/views/new", saved_views.save_view, kind, name="save_view"),
        path("/views/<int:pk>", saved_views.edit_view, kind, name="edit_view"),
        path("/views/<int:pk>/remove", saved_views.remove_view, kind, name="remove_view"),
        path("/views/<int:pk>/start", saved_views.start_with, kind, name="start_view"),
        path("/trash", trash.trash, kind, name="trash"),
        path("/named", link_suggestions.link_suggestions, kind, name="named"),
        # Import and export
        path("/import", new_import.new, kind, name="import"),
        path("/import/template", new_import.template, kind, name="template"),
        path("/export", new_export.new, kind, name="export"),
        path("/export/write", new_export.write, kind, name="export_write"),
        # Bulk changes
        path("/bulk", bulk.bulk, kind, name="bulk"),
        path("/bulk/<int:pk>/<slug:name>", bulk.preview, kind, name="preview"),
        # Its fields, in Settings
        path("/fields", field_list.fields, kind, name="fields"),
        path("/fields/order", field_list.field_order, kind, name="field_order"),
        path("/fields/new", field_list.field_new, kind, name="field_new"),
        path("/fields/built-in/<slug:name>", built_in_field.built_in_field, kind, name="built_in_field"),
        path(
            "/fields/built-in/<slug:name>/reset", built_in_field.built_in_reset, kind, name="built_in_reset"
        ),
        path("/fields/<int:pk>", field_list.field_edit, kind, name="field_edit"),
        path("/fields/<int:pk>/type", type_change.field_type, kind, name="field_type"),
        path("/fields/<int:pk>/delete", field_delete.field_delete, kind, name="field_delete"),
        path("/fields/<int:pk>/values", value_download.field_values, kind, name="field_values"),
        path("/fields/<int:pk>/choices", field_choices.choices, kind, name="field_choices"),
        path("/fields/<int:pk>/choices/<slug:key>", field_choices.choice, kind, name="field_choice"),
        # One record
        path("/new", edit.new, kind, name="new"),
        path("/<int:pk>", record.record, kind, name="record"),
        path("/<int:pk>/edit", edit.edit, kind, name="edit"),
        path("/<int:pk>/inline/<slug:field>", inline_edit.inline_edit, kind, name="inline"),
        path("/<int:pk>/files/<slug:field>", field_file.field_file, kind, name="field_file"),
        path(
            "/<int:pk>/files/<slug:field>/thumbnail",
            field_file.field_thumbnail,
            kind,
            name="field_thumbnail",
        ),
        path("/<int:pk>/next", neighbors.next_record, kind, name="next"),
        path("/<int:pk>/previous", neighbors.previous_record, kind, name="previous"),
        path("/<int:pk>/why", neighbors.why_seen, kind, name="why"),
        path("/<int:pk>/take", record_buttons.take, kind, name="take"),
        path("/<int:pk>/delete", record_buttons.delete, kind, name="delete"),
        path("/<int:pk>/restore", record_buttons.restore, kind, name="restore"),
        path("/<int:pk>/purge", record_buttons.purge, kind, name="purge"),
        # Its activities
        path("/<int:pk>/activities", add_activity.add_activity, kind, name="add_activity"),
        path("/<int:pk>/activities/<int:activity>", activity.activity, kind, name="activity"),
        path("/<int:pk>/activities/<int:activity>/pin", activity.pin_activity, kind, name="pin_activity"),
        path("/<int:pk>/activities/<int:activity>/no-show", activity.mark_no_show, kind, name="mark_no_show"),
        path("/<int:pk>/activities/<int:activity>/next", next_step.next_step, kind, name="next_step"),
        path(
            "/<int:pk>/activities/<int:activity>/delete",
            activity.delete_activity,
            kind,
            name="delete_activity",
        ),
        path(
            "/<int:pk>/activities/<int:activity>/move",
            move_activity.move_activity,
            kind,
            name="move_activity",
        ),
        path("/<int:pk>/activities/<int:activity>/files/<int:file>", attached_file.file, kind, name="file"),
        path(
            "/<int:pk>/activities/<int:activity>/files/<int:file>/thumbnail",
            attached_file.thumbnail,
            kind,
            name="thumbnail",
        ),
        path("/<int:pk>/activities/<int:activity>/send", email.retry_email, kind, name="retry_email"),
        path("/<int:pk>/email", email.write_email, kind, name="email"),
        path("/<int:pk>/email/draft", email_draft.save_email_draft, kind, name="email_draft"),
        path("/<int:pk>/mention", mention_suggestions.mention, kind, name="mention"),
        # Its tasks
        path("/<int:pk>/tasks", task_add.add_task, kind, name="add_task"),
        path("/<int:pk>/call_back", task_add.add_call_back, kind, name="add_call_back"),
        path("/<int:pk>/tasks/<int:task>", task.task, kind, name="task"),
        path("/<int:pk>/tasks/<int:task>/done", task.complete_task, kind, name="complete_task"),
        path("/<int:pk>/tasks/<int:task>/snooze", task.snooze_task, kind, name="snooze_task"),
        path("/<int:pk>/tasks/<int:task>/delete", task.delete_task, kind, name="delete_task"),
    ]
