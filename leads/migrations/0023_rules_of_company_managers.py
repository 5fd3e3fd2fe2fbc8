"""In an existing installation, Company Managers get the permissions on assignment rules too, as in a new one."""

from django.db import migrations

ACTIONS = ("view", "add", "change", "delete")


def grant(apps, _schema_editor) -> None:
    types, permissions = apps.get_model("contenttypes", "ContentType"), apps.get_model("auth", "Permission")
    role = apps.get_model("accounts", "Role").objects.filter(key="company").first()
    if role is None:
        # A new installation has no roles yet.
        return
    rules, _made = types.objects.get_or_create(app_label="leads", model="assignmentrule")
    for action in ACTIONS:
        permission, _made = permissions.objects.get_or_create(
            content_type=rules,
            codename=f"{action}_assignmentrule",
            defaults={"name": f"Can {action} assignment rule"},
        )
        role.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0012_single_sign_on"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("leads", "0022_assignment_rules"),
    ]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
