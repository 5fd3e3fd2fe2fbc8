"""In an existing installation, roles may do with deals what they may do with companies."""

from django.db import migrations


def grant(apps, _schema_editor) -> None:
    types, permissions = apps.get_model("contenttypes", "ContentType"), apps.get_model("auth", "Permission")
    companies = types.objects.filter(app_label="customers", model="company").first()
    if companies is None:
        # A new installation has no roles yet.
        return
    deals, _made = types.objects.get_or_create(app_label="customers", model="deal")
    for permission in permissions.objects.filter(content_type=companies):
        name = permission.name.replace("companies", "deals").replace("company", "deal")
        same, _made = permissions.objects.get_or_create(
            content_type=deals,
            codename=permission.codename.replace("company", "deal"),
            defaults={"name": name},
        )
        same.group_set.add(*permission.group_set.all())


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("customers", "0010_deals"),
    ]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
