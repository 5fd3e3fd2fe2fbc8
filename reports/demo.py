"""What the sources of the demo company cost in each of the last 13 months, and its goals of this month and the last one."""

from typing import Any


def write_demo_costs(cursor: Any) -> None:
    """Referrals, calls and other sources cost nothing, so no costs are entered for them."""
    cursor.execute(
        """INSERT INTO leads_sourcecost (source_id, month, amount, version)
           SELECT s.id, date_trunc('month', now() - m.ago * interval '1 month')::date, c.amount + m.ago % 3 * 40, 1
           FROM (VALUES ('website', 420), ('paid_ads', 1350), ('event', 900), ('partner', 300)) AS c(key, amount)
           JOIN leads_source s ON s.key = c.key CROSS JOIN generate_series(0, 12) AS m(ago)
           ON CONFLICT DO NOTHING"""
    )


def insert_goals(cursor: Any) -> None:
    """Of each department, and of each sales rep."""
    cursor.execute(
        """INSERT INTO reports_goal (month, user_id, department_id, measure, target, version)
           SELECT date_trunc('month', now() - m.ago * interval '1 month')::date, w.user_id, w.department_id, w.measure,
                  w.target, 1
           FROM (SELECT u.user_id, NULL::bigint, g.measure, g.target
                 FROM accounts_user_groups u JOIN accounts_role r ON r.group_ptr_id = u.group_id AND r.key = 'rep'
                 CROSS JOIN (VALUES ('leads', 36), ('won', 3)) AS g(measure, target)
                 UNION ALL
                 SELECT NULL, d.id, g.measure, g.target FROM accounts_department d
                 CROSS JOIN (VALUES ('won', 8), ('revenue', 40000)) AS g(measure, target) WHERE NOT d.retired
                ) AS w(user_id, department_id, measure, target)
           CROSS JOIN generate_series(0, 1) AS m(ago)
           ON CONFLICT DO NOTHING"""
    )
