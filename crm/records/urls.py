"""The URLs of the screens that every record type has; an app adds them to its own."""

from django.urls import URLPattern, path

from crm.activities.views import activity, add, email, file, mention
from crm.custom.views import built_in_field, choices, field_delete, field_type, field_values, fields
from crm.exports.views import new as new_export
from crm.imports.views import new as new_import
from crm.records.views import (
    add_filter,
    beside,
    board,
    board_figures,
    board_move,
    bulk,
    change,
    column,
    columns,
    count,
    edit,
    filter,
    inline,
    named,
    record,
    saved_views,
    trash,
)
from crm.records.views import (
    list as record_list,
)
from crm.tasks.views import add as task_add
from crm.tasks.views import task


def screens_of_board(name: str) -> list[URLPattern]:
    """The URLs of the board of a kind that has one."""
    kind = {"kind": name}
    return [
        path("/board", board.board, kind, name="board"),
        path("/board/figures", board_figures.board_figures, kind, name="board_figures"),
        path("/board/changes", board.board_changes, kind, name="board_changes"),
        path("/board/<int:pk>/move", board_move.move_card, kind, name="move_card"),
    ]


def screens_of(name: str) -> list[URLPattern]:
    """The URLs of one kind, by its name in the history."""
    kind = {"kind": name}
    return [
        # The list
        path("", record_list.record_list, kind, name="list"),
        path("/count", count.count, kind, name="count"),
        path("/filter", filter.record_filter, kind, name="filter"),
        path("/filter/add", add_filter.add_filter, kind, name="add_filter"),
        path("/filter/<slug:field>", add_filter.filter_by, kind, name="filter_by"),
        path("/columns", columns.columns, kind, name="columns"),
        path("/columns/<slug:name>", column.column, kind, name="column"),
        path("/views", saved_views.saved_views, kind, name="views"),
        path("/views/new", saved_views.save_view, kind, name="save_view"),
        path("/views/<int:pk>", saved_views.edit_view, kind, name="edit_view"),
        path("/views/<int:pk>/remove", saved_views.remove_view, kind, name="remove_view"),
        path("/views/<int:pk>/start", saved_views.start_with, kind, name="start_view"),
        path("/trash", trash.trash, kind, name="trash"),
        path("/named", named.named, kind, name="named"),
        # Import and export
        path("/import", new_import.new, kind, name="import"),
        path("/import/template", new_import.template, kind, name="template"),
        path("/export", new_export.new, kind, name="export"),
        path("/export/write", new_export.write, kind, name="export_write"),
        # Bulk changes
        path("/bulk", bulk.bulk, kind, name="bulk"),
        path("/bulk/<int:pk>/<slug:name>", bulk.preview, kind, name="preview"),
        # Its fields, in Settings
        path("/fields", fields.fields, kind, name="fields"),
        path("/fields/order", fields.field_order, kind, name="field_order"),
        path("/fields/new", fields.field_new, kind, name="field_new"),
        path("/fields/built-in/<slug:name>", built_in_field.built_in_field, kind, name="built_in_field"),
        path(
            "/fields/built-in/<slug:name>/reset", built_in_field.built_in_reset, kind, name="built_in_reset"
        ),
        path("/fields/<int:pk>", fields.field_edit, kind, name="field_edit"),
        path("/fields/<int:pk>/type", field_type.field_type, kind, name="field_type"),
        path("/fields/<int:pk>/delete", field_delete.field_delete, kind, name="field_delete"),
        path("/fields/<int:pk>/values", field_values.field_values, kind, name="field_values"),
        path("/fields/<int:pk>/choices", choices.choices, kind, name="field_choices"),
        path("/fields/<int:pk>/choices/<slug:key>", choices.choice, kind, name="field_choice"),
        # One record
        path("/new", edit.new, kind, name="new"),
        path("/<int:pk>", record.record, kind, name="record"),
        path("/<int:pk>/edit", edit.edit, kind, name="edit"),
        path("/<int:pk>/inline/<slug:field>", inline.inline, kind, name="inline"),
        path("/<int:pk>/next", beside.following, kind, name="next"),
        path("/<int:pk>/previous", beside.previous, kind, name="previous"),
        path("/<int:pk>/why", beside.why_seen, kind, name="why"),
        path("/<int:pk>/take", change.take, kind, name="take"),
        path("/<int:pk>/delete", change.delete, kind, name="delete"),
        path("/<int:pk>/restore", change.restore, kind, name="restore"),
        path("/<int:pk>/purge", change.purge, kind, name="purge"),
        # Its activities
        path("/<int:pk>/activities", add.add_activity, kind, name="add_activity"),
        path("/<int:pk>/activities/<int:activity>", activity.activity, kind, name="activity"),
        path("/<int:pk>/activities/<int:activity>/pin", activity.pin_activity, kind, name="pin_activity"),
        path(
            "/<int:pk>/activities/<int:activity>/delete",
            activity.delete_activity,
            kind,
            name="delete_activity",
        ),
        path("/<int:pk>/activities/<int:activity>/files/<int:file>", file.file, kind, name="file"),
        path(
            "/<int:pk>/activities/<int:activity>/files/<int:file>/thumbnail",
            file.thumbnail,
            kind,
            name="thumbnail",
        ),
        path("/<int:pk>/activities/<int:activity>/send", email.retry_email, kind, name="retry_email"),
        path("/<int:pk>/email", email.write_email, kind, name="email"),
        path("/<int:pk>/mention", mention.mention, kind, name="mention"),
        # Its tasks
        path("/<int:pk>/tasks", task_add.add_task, kind, name="add_task"),
        path("/<int:pk>/tasks/<int:task>", task.task, kind, name="task"),
        path("/<int:pk>/tasks/<int:task>/done", task.complete_task, kind, name="complete_task"),
        path("/<int:pk>/tasks/<int:task>/snooze", task.snooze_task, kind, name="snooze_task"),
        path("/<int:pk>/tasks/<int:task>/delete", task.delete_task, kind, name="delete_task"),
    ]
