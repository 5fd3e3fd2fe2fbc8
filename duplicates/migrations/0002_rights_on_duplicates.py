"""In an existing installation, the shipped roles of managers may view duplicates, and administrators may change the rules."""

from django.db import migrations

GRANTED = {
    ("likeness", "view_likeness", "Can view likeness"): ("manager", "company", "administrator"),
    ("duplicaterules", "change_duplicaterules", "Can change rules of duplicates"): ("administrator",),
}


def grant(apps, _schema_editor) -> None:
    types, permissions = apps.get_model("contenttypes", "ContentType"), apps.get_model("auth", "Permission")
    roles = apps.get_model("accounts", "Role").objects.all()
    # A new installation has no roles yet.
    for (model, codename, name), keys in GRANTED.items() if roles.exists() else ():
        of_model, _made = types.objects.get_or_create(app_label="duplicates", model=model)
        permission, _made = permissions.objects.get_or_create(
            content_type=of_model, codename=codename, defaults={"name": name}
        )
        for role in roles.filter(key__in=keys):
            role.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_squashed_0004_signature"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("duplicates", "0001_initial"),
    ]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
