"""They are called while their module is loaded, which this tool leaves as it is."""

REASONS: dict[str, tuple[str, ...]] = {
    "It is called while its module is loaded and never again, so this tool doesn't change what it has made.": (
        "crm/fields/conditions/operators.py _build_emptiness_operator: ('filled', gettext_lazy('isn’t empty')) if filled else ('empty', gettext_lazy('is empty')) → ('empty', gettext_lazy('is empty')) if filled else ('filled', gettext_lazy('isn’t empty'))",
        "leads/queue/outcomes.py build_moving_outcome: True → False",
        "reports/engine/measures.py _build_reached_part: False → True",
        "reports/engine/measures.py _build_sum_part: False → True",
        "reports/engine/measures.py _build_sum_part: False → True (2)",
        "reports/engine/measures.py _build_days_part: False → True",
        "reports/engine/measures.py _build_days_part: False → True (2)",
        "reports/engine/measures.py _build_days_part: aggregate is Median → aggregate is not Median",
        "customers/related_items/scope.py BetweenScope.__init__: both=False → both=True",
    ),
}
