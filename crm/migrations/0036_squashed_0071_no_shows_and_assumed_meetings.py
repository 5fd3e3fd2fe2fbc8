"""The migrations 0036 to 0071 in one: what can only be done once the tables are there with their indexes."""

from django.db import migrations, models

from crm.scaling.months.table_conversion import partition_by_month


def calls_by_month(apps, editor):
    partition_by_month(editor, "crm_apicall", "at")


def changes_by_month(apps, editor):
    partition_by_month(editor, "crm_change", "at")


class Migration(migrations.Migration):

    replaces = [
        ('crm', '0036_calls_by_month'),
        ('crm', '0037_changes_by_month'),
        ('crm', '0038_operation_parts'),
        ('crm', '0039_export_jobs'),
        ('crm', '0040_replicas'),
        ('crm', '0041_operation_part_index'),
        ('crm', '0042_hourly_steps'),
        ('crm', '0043_primary_of_replicas'),
        ('crm', '0044_plannedrow_notes'),
        ('crm', '0045_answers_with_proposed_times'),
        ('crm', '0046_linked_records_of_exports'),
        ('crm', '0047_automatic_replies'),
        ('crm', '0048_undelivered_invitations'),
        ('crm', '0049_saved_forms'),
        ('crm', '0050_email_envelopes'),
        ('crm', '0051_moved_activities'),
        ('crm', '0052_thread_index'),
        ('crm', '0053_email_drafts'),
        ('crm', '0054_backup_permissions'),
        ('crm', '0055_company_settings'),
        ('crm', '0056_setup_progress'),
        ('crm', '0057_company_language'),
        ('crm', '0058_company_time_zone'),
        ('crm', '0059_operation_demo'),
        ('crm', '0060_confirmed_steps'),
        ('crm', '0061_company_base_currency'),
        ('crm', '0062_company_logo'),
        ('crm', '0063_links_to_records'),
        ('crm', '0064_file_fields'),
        ('crm', '0065_automation_channel'),
        ('crm', '0066_emails_a_day'),
        ('crm', '0067_transaction_numbers'),
        ('crm', '0068_assistants'),
        ('crm', '0069_reply_headers'),
        ('crm', '0070_no_shows'),
        ('crm', '0071_no_shows_and_assumed_meetings'),
    ]

    initial = True

    dependencies = [
        ('crm', '0001_squashed_0035_installation'),
    ]

    operations = [
        migrations.RunPython(calls_by_month, migrations.RunPython.noop),
        migrations.RunPython(changes_by_month, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name='change',
            index=models.Index(condition=models.Q(('transaction_number__isnull', False)), fields=['table', 'transaction_number', 'id'], name='change_transaction'),
        ),
    ]
