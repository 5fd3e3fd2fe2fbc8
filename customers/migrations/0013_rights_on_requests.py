"""In an existing installation, roles may do with requests what they may do with companies."""

from django.db import migrations


def grant(apps, _schema_editor) -> None:
    types, permissions = apps.get_model("contenttypes", "ContentType"), apps.get_model("auth", "Permission")
    companies = types.objects.filter(app_label="customers", model="company").first()
    if companies is None:
        # A new installation has no roles yet.
        return
    requests, _made = types.objects.get_or_create(app_label="customers", model="request")
    for permission in permissions.objects.filter(content_type=companies):
        name = permission.name.replace("companies", "requests").replace("company", "request")
        same, _made = permissions.objects.get_or_create(
            content_type=requests,
            codename=permission.codename.replace("company", "request"),
            defaults={"name": name},
        )
        same.group_set.add(*permission.group_set.all())


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("customers", "0012_requests"),
    ]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
