"""The page of retention and the record of processing name all that Leadwell deletes by itself: each step of the cleanup has its line, or
the reason why it needs none."""

import pytest

from crm.platform.jobs.housekeeping import ON_EACH_MACHINE, STEPS
from privacy.retention.deletion_periods import get_deletion_periods, get_settable_periods

# By the name of the step, the line that says how long it leaves something.
LINES = {
    "delete_queue_entries": "Finished jobs in the queue",
    "delete_finished_jobs": "Finished jobs",
    "partitions_of_crm_auditentry": "Audit log, with sign-ins",
    "partitions_of_crm_apicall": "API calls",
    "partitions_of_crm_change": "Changes of records",
    "delete_old_task_reminders": "Reminders that were sent",
    "delete_old_contact_reminders": "Reminders that were sent",
    "delete_expired_deliveries": "webhook deliveries",
    "delete_expired_sessions": "Sessions",
    "delete_old_notifications": "read notifications",
    "delete_expired_calls": "API calls",
    "delete_expired_replies": "Responses of APIs to repeated calls",
    "delete_expired_frozen_sets": "Selected records",
    "forget_files_of_lost_values": "Attached files of records that were permanently deleted",
    "remove_old_export_files": "Files of imports and exports",
    "remove_old_import_files": "rows of finished imports",
    "remove_orphaned_attachments": "Attached files of records that were permanently deleted",
    "delete_expired_email_drafts": "Drafts of emails that weren’t sent",
    "delete_old_push_messages": "Notifications on devices",
    "delete_old_submissions": "Quarantined and unconfirmed web forms",
    "clear_old_submission_values": "Answers of web forms, as visitors typed them",
    "delete_expired_enrollments": "Records in sequences, after their end",
    "delete_old_report_emails": "Log of reports that were emailed",
    "delete_old_view_uses": "Uses of saved views",
    "delete_expired_incoming_calls": "Calls of incoming webhooks",
    "delete_expired_runs": "Log of automations",
}
GONE = "it follows records that are permanently deleted"
BRIEF = "kept for a day or two at most"
NOTHING = "it deletes nothing of a person"
OTHERS = {
    "remove_orphaned_envelopes": GONE,
    "delete_old_invitations": GONE,
    "delete_old_bookings": GONE,
    "remove_files_left_behind": GONE,
    "delete_old_sign_in_attempts": BRIEF,
    "delete_spent_nonces": BRIEF,
    "delete_expired_saved_forms": BRIEF,
    "delete_expired_queue_holds": BRIEF,
    "delete_old_queue_steps": BRIEF,
    "remove_old_plans": BRIEF,
    "delete_expired_previews": BRIEF,
    "remove_temporary_files": BRIEF,
    "delete_outdated_numbers": BRIEF,
    "delete_entries_without_receiver": NOTHING,
    "delete_unused_programs": NOTHING,
    "disconnect_ended_assistants": NOTHING,
    "clear_positions_of_sessions": NOTHING,
    "clear_positions_of_tokens": NOTHING,
    "restart_failed_index_jobs": NOTHING,
    "restart_failed_search_jobs": NOTHING,
    "join_finished_year": NOTHING,
    "count_slow_reports_ahead": NOTHING,
    "start_nightly_backup": NOTHING,
    "notify_administrators_of_failed_backup": NOTHING,
    "notify_administrators_of_missing_backup": NOTHING,
    "record_newest_backup": NOTHING,
    "notify_of_idle_rules": NOTHING,
    "start_nightly_scan": NOTHING,
    "start_nightly_retention": "the rules have their own lines",
    "remove_unfinished_erasures": "an erasure that was begun is finished",
    "upload_erasures": NOTHING,
}


def test_each_step_of_the_cleanup_has_a_line_on_the_page_of_retention_or_a_reason():
    names = [step.__name__ for step in (*STEPS, *ON_EACH_MACHINE)]
    assert sorted({*names} - {*LINES, *OTHERS}) == []
    assert sorted({*LINES, *OTHERS} - {*names}) == []


@pytest.mark.django_db
def test_the_lines_of_the_cleanup_are_on_the_page_of_retention():
    shown = {str(row.label) for row in (*get_deletion_periods(), *get_settable_periods())}
    assert sorted({*LINES.values()} - shown) == []
