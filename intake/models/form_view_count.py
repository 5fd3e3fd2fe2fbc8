"""How often a web form was opened on a day: a number, and nothing about the visitors."""

from django.db import connection, models

from intake.models.web_form import WebForm

COUNT = """
    INSERT INTO intake_formview AS v (form_id, day, number) VALUES (%s, current_date, 1)
    ON CONFLICT (form_id, day) DO UPDATE SET number = v.number + 1"""


class FormViewQuerySet(models.QuerySet):
    def count_by_form(self) -> dict[int, int]:
        """The number of views of each form."""
        return dict(self.values_list("form").annotate(total=models.Sum("number")).order_by())


class FormView(models.Model):
    form = models.ForeignKey(WebForm, models.CASCADE, related_name="views", db_index=False)
    day = models.DateField()
    number = models.PositiveBigIntegerField()

    objects = FormViewQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["form", "day"], name="form_view_once")]

    @staticmethod
    def record_view(form: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute(COUNT, [form])
