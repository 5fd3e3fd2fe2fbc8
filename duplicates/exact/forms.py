"""The form of a plan: which records are merged, which of them is kept, and whose values it gets."""

from django.utils import timezone

from crm.platform.web.rendering.form_rendering import ModelForm
from duplicates.exact.merge_rules import get_match_choices
from duplicates.models import MergePlan


class MergePlanForm(ModelForm):
    class Meta:
        model = MergePlan
        fields = ["match", "keep", "values"]

    def __init__(self, *arguments, user, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.user = user
        self.fields["match"].choices = get_match_choices(user)

    def create_plan(self) -> MergePlan:
        """A new plan, without its groups. The user's expired ones are removed."""
        MergePlan.objects.filter(user=self.user).expired().delete()
        plan = self.save(commit=False)
        plan.user, plan.at = self.user, timezone.now()
        plan.save()
        return plan
