"""Colors have names instead of degrees: the choices of statuses and sources."""

from django.db import migrations, models

COLORS = [
    (0, "Raspberry"),
    (10, "Rose"),
    (20, "Crimson"),
    (30, "Red"),
    (40, "Vermilion"),
    (50, "Rust"),
    (60, "Orange"),
    (70, "Apricot"),
    (80, "Amber"),
    (90, "Gold"),
    (100, "Mustard"),
    (110, "Olive"),
    (120, "Moss"),
    (130, "Lime"),
    (140, "Grass"),
    (150, "Green"),
    (160, "Emerald"),
    (170, "Jade"),
    (180, "Sea green"),
    (190, "Teal"),
    (200, "Turquoise"),
    (210, "Cyan"),
    (220, "Lagoon"),
    (230, "Sky blue"),
    (240, "Azure"),
    (250, "Blue"),
    (260, "Cobalt"),
    (270, "Ultramarine"),
    (280, "Indigo"),
    (290, "Violet"),
    (300, "Purple"),
    (310, "Plum"),
    (320, "Orchid"),
    (330, "Magenta"),
    (340, "Fuchsia"),
    (350, "Pink"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("leads", "0031_phone_without_help"),
    ]

    operations = [
        migrations.AlterField(
            model_name="source",
            name="hue",
            field=models.PositiveSmallIntegerField(
                choices=COLORS,
                default=200,
                verbose_name="color",
            ),
        ),
        migrations.AlterField(
            model_name="status",
            name="hue",
            field=models.PositiveSmallIntegerField(
                choices=COLORS,
                default=250,
                verbose_name="color",
            ),
        ),
    ]
