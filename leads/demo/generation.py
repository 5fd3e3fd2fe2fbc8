"""Generates demo leads in SQL: random draws, people, leads in their final state, then the history that led there.

The random numbers are seeded, so the same number of leads gives the same company on every machine.
"""

import json
import time
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from django.db import connection, transaction

from crm.models import Tag
from crm.platform.configuration.company import get_company_time_zone
from crm.platform.sql.unrecorded_writes import write_without_history
from crm.platform.text.text_folding import fold_text
from leads.demo import sample_names
from leads.demo.bulk_loading import add_search_words, rebuild_indexes_at_end, use_more_memory
from leads.demo.draw_tables import prepare_draw_tables
from leads.demo.generated_history import add_history, insert_unsubscribed
from leads.demo.lead_draws import LATE_PLACES, build_pick_sql, draw_leads
from leads.demo.past_work import add_past_work
from leads.models import Lead, LostReason, Source, Status

CHUNK = 50_000
# What other apps add to each chunk while its tables exist: demo_lead with the ids and random numbers, demo_added with
# the leads as they are stored.
FOLLOWERS: list[Callable[[Any], None]] = []
# What is planned next: of each owner's leads in progress, the first ones at random are what is to be done now, and the one
# that waited longest is stuck. All others are planned for the next weeks.
IS_PLANNED = "d.in_progress AND NOT (%(is_last)s AND d.waiting = 1)"
DUE_ON = """(now() AT TIME ZONE %(zone)s)::date + CASE WHEN %(is_last)s AND d.planned = 1 THEN -1 - floor(d.r12 * 3)
  WHEN %(is_last)s AND d.planned <= 3 THEN 0 ELSE 1 + floor(d.r18 * 25) END::int"""


def grow_leads(total: int, *, say: Callable[[str], None] = lambda _text: None) -> int:
    """Add leads until there are `total`. Returns how many were added."""
    have = Lead.objects.present().count()
    if have >= total:
        return 0
    begun = time.monotonic()
    # The history is written here, with past dates.
    with transaction.atomic(), write_without_history():
        prepare_draw_tables()
        # Rebuilding the indexes takes as long as all leads need; updating them only as long as the added leads need.
        at_once = total >= 2 * have
        use_more_memory()
        with rebuild_indexes_at_end() if at_once else nullcontext():
            _add_in_chunks(have, total, at_once, say)
        add_past_work()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    added = total - have
    say(f"{added:,} leads added, {added / (time.monotonic() - begun):,.0f} a second")
    return added


def _add_in_chunks(have: int, total: int, at_once: bool, say: Callable[[str], None]) -> None:
    missing = total - have
    for start in range(0, missing, CHUNK):
        end = min(start + CHUNK, missing)
        with connection.cursor() as cursor:
            _add_leads(cursor, end - start, seed=have + start, begun=start / missing, ended=end / missing)
            if at_once:
                add_search_words(cursor)
            cursor.execute("DROP TABLE demo_lead, demo_added")
        say(f"{have + end:,} of {total:,} leads")


def _add_leads(cursor, number: int, seed: int, begun: float, ended: float) -> None:
    """Leads of one part of the year, from 0 (a year ago) to 1 (now), so that later leads have higher numbers."""
    cursor.execute("SELECT setseed(%s)", [(seed % 9973) / 9973])
    draw_leads(cursor, number, begun, ended)
    _insert_leads(cursor, is_last=ended == 1)
    add_history(cursor)
    insert_unsubscribed(cursor)
    for follow in FOLLOWERS:
        follow(cursor)


def _insert_leads(cursor, *, is_last: bool) -> None:
    statuses = {row.key: row.pk for row in Status.objects.of_leads().exclude(key="")}
    limited = Source.objects.exclude(contact_within=None)
    sources = list(Source.objects.values_list("pk", flat=True).order_by("pk"))
    reasons = list(LostReason.objects.for_people().values_list("pk", flat=True).order_by("pk"))
    tags = list(Tag.objects.values_list("pk", flat=True).order_by("pk"))
    first, last = build_pick_sql("d.first", "d.r7"), build_pick_sql("d.last", "d.r8")
    company = (
        f"CASE WHEN d.r9 < 0.0005 THEN %(long_company)s WHEN d.r9 < 0.12 THEN '' ELSE "
        f"{build_pick_sql('%(company_words)s::text[]', 'd.r10')} || ' ' || {build_pick_sql('%(company_fields)s::text[]', 'd.r11')} || ' ' "
        f"|| {build_pick_sql('d.endings', 'd.r12')} END"
    )
    domain = f"{build_pick_sql('%(plain_words)s::text[]', 'd.r10')} || {build_pick_sql('%(plain_fields)s::text[]', 'd.r11')}"
    digits = "lpad(floor(d.r14 * 100000000)::text, 8, '0')"
    calling = "replace(d.calling, ' ', '')"
    # The rest of the chunk reads the stored leads from here: joined with all leads, the last of many chunks would take
    # several times as long as the first.
    cursor.execute("CREATE TEMPORARY TABLE demo_added (LIKE leads_lead)")
    cursor.execute(
        f"""WITH added AS (INSERT INTO leads_lead (id, first_name, last_name, title, company, email, second_email, phone, phone_normal,
              mobile, mobile_normal, website, country, city, state, address, zip, language, description, value, currency,
              source_id, tags, vip, status_id, owner_id, department_id, shared, lost_reason_id, lost_remark, next_action,
              next_action_on, status_since, assigned_at, first_contacted_at, last_contacted_at, converted_at, created_at,
              created_by_id, updated_at, version)
            SELECT d.id, CASE WHEN d.r9 BETWEEN 0.2 AND 0.22 THEN '' ELSE {first} END,
              CASE WHEN d.r9 BETWEEN 0.2 AND 0.21 THEN '' ELSE {last} END,
              CASE WHEN d.r15 < 0.55 THEN {build_pick_sql("%(titles)s::text[]", "d.r16")} ELSE '' END,
              {company},
              CASE WHEN d.r17 < 0.07 THEN '' ELSE
                {build_pick_sql("d.first_plain", "d.r7")} || '.' || {build_pick_sql("d.last_plain", "d.r8")}
                || CASE WHEN d.r17 < 0.55 THEN floor(d.r18 * 4000)::int::text ELSE '' END
                || '@' || {domain} || '.example' END,
              CASE WHEN d.r19 < 0.04 THEN 'office@' || {domain} || '.example' ELSE '' END,
              CASE WHEN d.r13 < 0.3 AND d.r17 >= 0.07 THEN '' WHEN d.r13 < 0.6 THEN {calling} || {digits}
                ELSE d.calling || left({digits}, 2) || ' ' || substr({digits}, 3, 3) || ' ' || right({digits}, 3) END,
              CASE WHEN d.r13 < 0.3 AND d.r17 >= 0.07 THEN '' ELSE {calling} || {digits} END,
              CASE WHEN d.r20 < 0.12 THEN {calling} || right({digits}, 6) || '9' ELSE '' END,
              CASE WHEN d.r20 < 0.12 THEN {calling} || right({digits}, 6) || '9' ELSE '' END,
              CASE WHEN d.r21 < 0.3 THEN 'https://www.' || {domain} || '.example' ELSE '' END,
              CASE WHEN d.r22 < 0.06 THEN '' ELSE d.code END,
              CASE WHEN d.r22 < 0.15 THEN '' ELSE replace({build_pick_sql("d.cities", "d.r23")}, '-', ' ') END, '',
              CASE WHEN d.r21 > 0.7 THEN 'Str. ' || {build_pick_sql("d.last", "d.r16")} || ' ' || floor(d.r12 * 180)::int ELSE '' END,
              CASE WHEN d.r21 > 0.6 THEN lpad(floor(d.r23 * 99999)::int::text, 5, '0') ELSE '' END,
              CASE WHEN d.r22 < 0.3 THEN '' ELSE d.language END,
              CASE WHEN d.r24 < 0.25 THEN {build_pick_sql("%(descriptions)s::text[]", "d.r10")} ELSE '' END,
              CASE WHEN d.r25 < 0.45 OR d.end_key = 'won' THEN round((800 + power(d.r26, 2) * 18000)::numeric, -1) END,
              CASE WHEN d.code = 'RO' AND d.r25 < 0.2 THEN 'RON' WHEN d.r25 < 0.03 THEN 'USD' WHEN d.r25 < 0.034 THEN 'GBP'
                ELSE 'EUR' END,
              CASE WHEN d.newest IN {LATE_PLACES} THEN %(website)s
                WHEN d.newest > 5 THEN {build_pick_sql("%(unlimited)s::bigint[]", "d.r27")}
                ELSE {build_pick_sql("%(sources)s::bigint[]", "power(d.r27, 1.6)")} END,
              CASE WHEN d.r28 < 0.12 THEN ARRAY[{build_pick_sql("%(tags)s::bigint[]", "d.r29")}]
                WHEN d.r28 < 0.15 THEN (SELECT array_agg(t ORDER BY t) FROM unnest(%(tags)s::bigint[]) t
                                        WHERE (t + d.id) %% 3 = 0) ELSE '{{}}' END,
              d.r29 < 0.03, (%(statuses)s::jsonb ->> d.end_key)::bigint, d.owner_id, d.department_id,
              d.r28 BETWEEN 0.5 AND 0.505,
              CASE WHEN d.end_key IN ('lost', 'disqualified') THEN {build_pick_sql("%(reasons)s::bigint[]", "d.r16")} END,
              CASE WHEN d.end_key = 'lost' AND d.r24 < 0.1 THEN 'They decided for a local supplier.' ELSE '' END,
              CASE WHEN {IS_PLANNED} THEN {build_pick_sql("%(actions)s::text[]", "d.r11")} ELSE '' END,
              CASE WHEN {IS_PLANNED} THEN greatest((d.last_step AT TIME ZONE %(zone)s)::date, {DUE_ON}) END,
              d.last_step,
              CASE WHEN d.owner_id IS NOT NULL THEN d.created_at END,
              CASE WHEN d.road[1] = 'contacted' THEN d.steps[1] END,
              CASE WHEN d.road[1] = 'contacted' THEN d.last_step END,
              CASE WHEN d.end_key = 'won' THEN d.last_step END,
              d.created_at, d.owner_id, d.last_step, 1 + cardinality(d.steps)
            FROM demo_lead d ORDER BY d.id RETURNING *)
            INSERT INTO demo_added SELECT * FROM added""",
        {
            "company_words": sample_names.COMPANY_WORDS.split(),
            "company_fields": sample_names.COMPANY_FIELDS.split(),
            "plain_words": fold_text(sample_names.COMPANY_WORDS).split(),
            "plain_fields": fold_text(sample_names.COMPANY_FIELDS).split(),
            "long_company": sample_names.LONG_COMPANY,
            "titles": sample_names.TITLES.split("|"),
            "descriptions": sample_names.DESCRIPTIONS.split("|"),
            "actions": sample_names.ACTIONS.split("|"),
            "sources": sources,
            "website": next(source.pk for source in limited if source.key == "website"),
            "unlimited": [pk for pk in sources if pk not in {source.pk for source in limited}],
            "tags": tags,
            "reasons": reasons,
            "statuses": json.dumps(statuses),
            "zone": get_company_time_zone(),
            "is_last": is_last,
        },
    )
