"""Generates demo leads in SQL: random draws, people, leads in their final state, then the history that led there.

The random numbers are seeded, so the same number of leads gives the same company on every machine.
"""

import json
import time
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from django.db import connection, transaction

from accounts.models import Department, User
from crm.models import Tag
from crm.platform.configuration.company import get_company_time_zone
from crm.platform.text.text_folding import fold_text
from leads.demo import sample_names
from leads.demo.bulk_loading import add_search_words, rebuild_indexes_at_end
from leads.demo.draw_tables import prepare_draw_tables
from leads.demo.generated_history import add_history, insert_unsubscribed
from leads.models import Lead, LostReason, Source, Status

CHUNK = 50_000
# What other apps add to each chunk while its tables exist: demo_lead with the ids and random numbers, demo_added with
# the leads as they are stored.
FOLLOWERS: list[Callable[[Any], None]] = []
# The chance of each final status, and its path through the funnel.
ENDS = [
    ("new", 0.30, []),
    ("contacted", 0.24, ["contacted"]),
    ("qualified", 0.12, ["contacted", "qualified"]),
    ("proposal", 0.07, ["contacted", "qualified", "proposal"]),
    ("won", 0.09, ["contacted", "qualified", "proposal", "won"]),
    ("lost", 0.12, ["contacted", "qualified", "lost"]),
    ("disqualified", 0.06, ["contacted", "disqualified"]),
]


def grow_leads(total: int, *, say: Callable[[str], None] = lambda _text: None) -> int:
    """Add leads until there are `total`. Returns how many were added."""
    have = Lead.objects.count()
    if have >= total:
        return 0
    begun = time.monotonic()
    with transaction.atomic():
        prepare_draw_tables()
        # Rebuilding the indexes takes as long as all leads need; updating them only as long as the added leads need.
        at_once = total >= 2 * have
        with rebuild_indexes_at_end() if at_once else nullcontext():
            _add_in_chunks(have, total, at_once, say)
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


def _build_pick_sql(array: str, draw: str) -> str:
    return f"({array})[1 + floor({draw} * cardinality({array}))::int]"


def _add_leads(cursor, number: int, seed: int, begun: float, ended: float) -> None:
    """Leads of one part of the year, from 0 (a year ago) to 1 (now), so that later leads have higher numbers."""
    # The history is written here, with past dates.
    cursor.execute("SELECT setseed(%s), set_config('leadwell.machine', 'on', true)", [(seed % 9973) / 9973])
    _draw_random_rows(cursor, number, begun, ended)
    _insert_leads(cursor)
    add_history(cursor)
    insert_unsubscribed(cursor)
    for follow in FOLLOWERS:
        follow(cursor)


def _draw_random_rows(cursor, number: int, begun: float, ended: float) -> None:
    """One row per lead with all its random numbers, its owner and its path through the funnel."""
    count = 30
    numbers = ", ".join(f"random() AS r{place}" for place in range(count))
    departments = {row.name: row.pk for row in Department.objects.all()}
    owners = {row.email.partition("@")[0]: row.pk for row in User.objects.all()}
    romania = [
        owners[name] for name in ("rep", "stefan.dumitru", "ioana.vasile", "andrei.munteanu", "manager")
    ]
    europe = [owners[name] for name in ("eric.lindqvist", "zoe.hartmann", "ann.keller", "carla.ionescu")]
    ends, reached = [], 0.0
    for key, chance, _road in ENDS:
        reached += chance
        ends.append(f"WHEN far < {reached:.4f} THEN '{key}'")
    roads = " ".join(f"WHEN '{key}' THEN ARRAY{road}::text[]" for key, _chance, road in ENDS)
    # When each step of the path was entered. A step takes up to several weeks and is never in the future.
    step = "(drawn_at + (now() - drawn_at) * (1 - power(1 - least(0.97, 0.04 + r6 * 0.25), place)))"
    # One owner has a fifth; one owner and one department have only old leads; some leads are unassigned.
    cursor.execute(
        f"""CREATE TEMPORARY TABLE demo_lead AS
            SELECT l.*, {_build_working_time_sql("drawn_at")} AS created_at,
              ARRAY(SELECT {_build_working_time_sql("step")} FROM (
                SELECT {step} AS step FROM generate_series(1, cardinality(road)) AS place OFFSET 0) AS entered) AS steps
            FROM (
              SELECT d.*, c.code, c.first, c.last, c.first_plain, c.last_plain, c.cities, c.language, c.calling, c.endings,
                CASE WHEN d.year < 0.03 THEN %(partners)s WHEN d.year < 0.05 THEN %(europe)s
                     WHEN c.code = 'RO' THEN %(romania)s ELSE %(europe)s END AS department_id,
                CASE WHEN d.year < 0.03 THEN NULL WHEN d.year < 0.05 THEN %(emeka)s WHEN d.r2 < 0.12 THEN NULL
                     WHEN c.code = 'RO' THEN {_build_pick_sql("%(owners_romania)s::bigint[]", "d.r3")}
                     WHEN d.r2 < 0.43 THEN %(dmitri)s
                     ELSE {_build_pick_sql("%(owners_europe)s::bigint[]", "d.r3")} END AS owner_id,
                date_trunc('second', CASE WHEN d.year < 0.05 THEN now() - interval '365 days' + d.year * interval '400 days'
                     ELSE now() - power((1 - d.year) / 0.95, 1.3) * interval '340 days' - interval '2 minutes' END) AS drawn_at,
                CASE end_key {roads} END AS road
              FROM (
                SELECT *, (SELECT CASE {" ".join(ends)} ELSE 'new' END FROM (
                  SELECT r0 * least(1, 0.15 + power(greatest(0, 1 - year), 0.6) * 1.6) AS far) AS funnel) AS end_key
                FROM (
                  SELECT nextval(pg_get_serial_sequence('leads_lead', 'id')) AS id,
                    %(begun)s + (%(ended)s - %(begun)s) * (place - random()) / %(number)s AS year, {numbers}
                  FROM generate_series(1, %(number)s) AS place OFFSET 0) AS draws OFFSET 0
              ) AS d JOIN demo_country c ON c.place = floor(d.r5 * (SELECT count(*) FROM demo_country)) OFFSET 0
            ) AS l""",
        {
            "begun": begun,
            "ended": ended,
            "number": number,
            "partners": departments["Partners"],
            "romania": departments["Sales Romania"],
            "europe": departments["Sales Europe"],
            "emeka": owners["emeka.obi"],
            "dmitri": owners["dmitri.sokolov"],
            "owners_romania": romania,
            "owners_europe": europe,
        },
    )


def _build_working_time_sql(moment: str) -> str:
    """The drawn time, moved into the working hours of its day without changing the order."""
    day = f"date_trunc('day', {moment})"
    worked = f"CASE WHEN {day} < date_trunc('day', now()) THEN {day} + interval '6 hours' + ({moment} - {day}) * (10 / 24.0)"
    return f"date_trunc('second', {worked} ELSE {moment} END)"


def _insert_leads(cursor) -> None:
    statuses = {row.key: row.pk for row in Status.objects.of_leads().exclude(key="")}
    sources = list(Source.objects.values_list("pk", flat=True).order_by("pk"))
    reasons = list(LostReason.objects.for_people().values_list("pk", flat=True).order_by("pk"))
    tags = list(Tag.objects.values_list("pk", flat=True).order_by("pk"))
    first, last = _build_pick_sql("d.first", "d.r7"), _build_pick_sql("d.last", "d.r8")
    company = (
        f"CASE WHEN d.r9 < 0.0005 THEN %(long_company)s WHEN d.r9 < 0.12 THEN '' ELSE "
        f"{_build_pick_sql('%(company_words)s::text[]', 'd.r10')} || ' ' || {_build_pick_sql('%(company_fields)s::text[]', 'd.r11')} || ' ' "
        f"|| {_build_pick_sql('d.endings', 'd.r12')} END"
    )
    domain = f"{_build_pick_sql('%(plain_words)s::text[]', 'd.r10')} || {_build_pick_sql('%(plain_fields)s::text[]', 'd.r11')}"
    digits = "lpad(floor(d.r14 * 100000000)::text, 8, '0')"
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
              CASE WHEN d.r15 < 0.55 THEN {_build_pick_sql("%(titles)s::text[]", "d.r16")} ELSE '' END,
              {company},
              CASE WHEN d.r17 < 0.07 THEN '' ELSE
                {_build_pick_sql("d.first_plain", "d.r7")} || '.' || {_build_pick_sql("d.last_plain", "d.r8")}
                || CASE WHEN d.r17 < 0.55 THEN floor(d.r18 * 4000)::int::text ELSE '' END
                || '@' || {domain} || '.example' END,
              CASE WHEN d.r19 < 0.04 THEN 'office@' || {domain} || '.example' ELSE '' END,
              CASE WHEN d.r13 < 0.3 AND d.r17 >= 0.07 THEN '' WHEN d.r13 < 0.6 THEN d.calling || {digits}
                ELSE d.calling || ' ' || left({digits}, 3) || ' ' || substr({digits}, 4, 3) || ' ' || right({digits}, 2) END,
              CASE WHEN d.r13 < 0.3 AND d.r17 >= 0.07 THEN '' ELSE d.calling || {digits} END,
              CASE WHEN d.r20 < 0.12 THEN d.calling || right({digits}, 6) || '9' ELSE '' END,
              CASE WHEN d.r20 < 0.12 THEN d.calling || right({digits}, 6) || '9' ELSE '' END,
              CASE WHEN d.r21 < 0.3 THEN 'https://www.' || {domain} || '.example' ELSE '' END,
              CASE WHEN d.r22 < 0.06 THEN '' ELSE d.code END,
              CASE WHEN d.r22 < 0.15 THEN '' ELSE replace({_build_pick_sql("d.cities", "d.r23")}, '-', ' ') END, '',
              CASE WHEN d.r21 > 0.7 THEN 'Str. ' || {_build_pick_sql("d.last", "d.r16")} || ' ' || floor(d.r12 * 180)::int ELSE '' END,
              CASE WHEN d.r21 > 0.6 THEN lpad(floor(d.r23 * 99999)::int::text, 5, '0') ELSE '' END,
              CASE WHEN d.r22 < 0.3 THEN '' ELSE d.language END,
              CASE WHEN d.r24 < 0.25 THEN {_build_pick_sql("%(descriptions)s::text[]", "d.r10")} ELSE '' END,
              CASE WHEN d.r25 < 0.45 THEN round((200 + power(d.r26, 4) * 80000)::numeric, -1) END,
              CASE WHEN d.code = 'RO' AND d.r25 < 0.2 THEN 'RON' WHEN d.r25 < 0.03 THEN 'USD' WHEN d.r25 < 0.034 THEN 'GBP'
                ELSE 'EUR' END,
              {_build_pick_sql("%(sources)s::bigint[]", "power(d.r27, 1.6)")},
              CASE WHEN d.r28 < 0.12 THEN ARRAY[{_build_pick_sql("%(tags)s::bigint[]", "d.r29")}]
                WHEN d.r28 < 0.15 THEN (SELECT array_agg(t ORDER BY t) FROM unnest(%(tags)s::bigint[]) t
                                        WHERE (t + d.id) %% 3 = 0) ELSE '{{}}' END,
              d.r29 < 0.03, (%(statuses)s::jsonb ->> d.end_key)::bigint, d.owner_id, d.department_id,
              d.r28 BETWEEN 0.5 AND 0.505,
              CASE WHEN d.end_key IN ('lost', 'disqualified') THEN {_build_pick_sql("%(reasons)s::bigint[]", "d.r16")} END,
              CASE WHEN d.end_key = 'lost' AND d.r24 < 0.1 THEN 'They decided for a local supplier.' ELSE '' END,
              CASE WHEN d.end_key IN ('won', 'lost', 'disqualified') OR d.r16 < 0.25 THEN ''
                ELSE {_build_pick_sql("%(actions)s::text[]", "d.r11")} END,
              CASE WHEN d.end_key IN ('won', 'lost', 'disqualified') OR d.r16 < 0.25 THEN NULL
                ELSE greatest((now() AT TIME ZONE %(zone)s)::date
                  + (floor(power(d.r18, 2) * 40) - floor(power(d.r12, 5) * 25))::int,
                  (coalesce(d.steps[cardinality(d.steps)], d.created_at) AT TIME ZONE %(zone)s)::date) END,
              coalesce(d.steps[cardinality(d.steps)], d.created_at),
              CASE WHEN d.owner_id IS NOT NULL THEN d.created_at END,
              d.steps[1],
              CASE WHEN cardinality(d.steps) > 0 THEN greatest(d.steps[1], d.steps[cardinality(d.steps)]) END,
              CASE WHEN d.end_key = 'won' THEN d.steps[cardinality(d.steps)] END,
              d.created_at, d.owner_id, coalesce(d.steps[cardinality(d.steps)], d.created_at), 1 + cardinality(d.steps)
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
            "tags": tags,
            "reasons": reasons,
            "statuses": json.dumps(statuses),
            "zone": get_company_time_zone(),
        },
    )
