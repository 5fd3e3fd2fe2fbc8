"""Won deals without an amount are told from those without an exchange rate, and Company Managers see what sources cost, as in
a new installation."""

from django.db import migrations, models

FIELD = {
    "name": "revenue_without_rate",
    "field": models.BooleanField(db_default=False, verbose_name="revenue without a rate"),
}
# The worker derives these rows again.
DERIVE = """
    INSERT INTO reports_changedlead (lead) SELECT lead_id FROM reports_leadprogress WHERE revenue_missing AND NOT erased
"""


def grant(apps, _schema_editor) -> None:
    types, permissions = apps.get_model("contenttypes", "ContentType"), apps.get_model("auth", "Permission")
    role = apps.get_model("accounts", "Role").objects.filter(key="company").first()
    if role is None:
        # A new installation has no roles yet.
        return
    sources, _made = types.objects.get_or_create(app_label="leads", model="source")
    permission, _made = permissions.objects.get_or_create(
        content_type=sources, codename="view_source", defaults={"name": "Can view source"}
    )
    role.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0012_single_sign_on"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("leads", "0022_assignment_rules"),
        ("reports", "0010_read_reports"),
    ]

    operations = [
        migrations.AddField(model_name="currentprogress", **FIELD),
        migrations.AddField(model_name="leadprogress", **FIELD),
        migrations.RunSQL(DERIVE, migrations.RunSQL.noop),
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
