"""In an existing installation, administrators may see and erase what is stored about a person."""

from django.db import migrations

GRANTED = {
    "view_person_data": "Can see all that is stored about a person",
    "erase_person": "Can erase a person",
}


def grant(apps, _schema_editor) -> None:
    types, permissions = apps.get_model("contenttypes", "ContentType"), apps.get_model("auth", "Permission")
    roles = apps.get_model("accounts", "Role").objects.filter(key="administrator")
    # A new installation has no roles yet.
    for codename, name in GRANTED.items() if roles.exists() else ():
        of_model, _made = types.objects.get_or_create(app_label="privacy", model="erasure")
        permission, _made = permissions.objects.get_or_create(
            content_type=of_model, codename=codename, defaults={"name": name}
        )
        for role in roles:
            role.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_squashed_0004_signature"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("privacy", "0001_initial"),
    ]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
