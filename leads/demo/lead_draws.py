"""The draws of each chunk of demo leads: who owns a lead, when it was added, and how far it came until now.

A lead's fate is drawn first, then how long each step took. What would be in the future hasn't happened yet: so leads of
the last weeks are open, older ones are closed, and the funnel narrows as managers know it.
"""

from accounts.models import Department, User
from leads.demo import sample_names
from leads.demo.working_hours import build_working_time_sql, read_clock_values

# The path of each fate, and its chance a year ago and now: managers should see that they get better.
FATES = [
    (0.135, 0.185, ["contacted", "qualified", "proposal", "won"]),
    (0.155, 0.150, ["contacted", "qualified", "proposal", "lost"]),
    (0.160, 0.160, ["contacted", "qualified", "lost"]),
    (0.320, 0.290, ["contacted", "lost"]),
    (0.190, 0.175, ["contacted", "disqualified"]),
    (0.040, 0.040, ["disqualified"]),
]
# Who says their position and an email is more serious, and VIPs are looked after: their fates are drawn nearer to the first one.
# The chances of all leads together stay about the same.
FATE = "power(d.r0, CASE WHEN d.r29 < 0.03 THEN 1.8 WHEN d.r17 < 0.07 THEN 0.7 WHEN d.r15 < 0.55 THEN 1.15 ELSE 0.85 END)"
# Days until the first contact, between two steps, and before the last one: mostly below the limits of the shipped statuses.
FIRST_CONTACT, BETWEEN, LAST = "3 * power(r6, 7)", "(2 + 10 * r_step)", "(5 + 16 * r_end)"
# The days that a step is put off, by the day of the week.
WEEKEND = "ARRAY[0, 0, 0, 0, 0, 2, 1]"
# Leads that wait for their last step for months, such as for a budget.
LINGERING = "r_linger < 0.05 AND year > 0.6"
# The newest leads of a demo have not been contacted yet: a few for each sales rep, and some that are unassigned. They came
# in the last hours, however many there are.
NEWEST, HOURS = 36, 20
# The places among the newest, from the last one, of those that should have been contacted by now.
LATE_PLACES = "(31, 35)"
UNASSIGNED_EVERY = 3
# People who are there twice, and what their two leads share: the country with its names, who has them, name and company.
TWINS = 12
TWINS_SHARE = [
    "code",
    "first",
    "last",
    "first_plain",
    "last_plain",
    "cities",
    "language",
    "calling",
    "endings",
    "department_id",
    "owner_id",
    "r7",
    "r8",
    "r9",
    "r10",
    "r11",
]
REPS = {
    "romania": ("stefan.dumitru", "ioana.vasile", "andrei.munteanu"),
    "europe": ("eric.lindqvist", "zoe.hartmann", "dmitri.sokolov"),
}
OWNERS = {
    "romania": ("rep", "stefan.dumitru", "ioana.vasile", "andrei.munteanu", "manager"),
    "europe": ("eric.lindqvist", "zoe.hartmann", "ann.keller", "carla.ionescu"),
}


def build_pick_sql(array: str, draw: str) -> str:
    return f"({array})[1 + floor({draw} * cardinality({array}))::int]"


def draw_leads(cursor, number: int, begun: float, ended: float) -> None:
    """Create the temporary table demo_lead: a row for each lead with its random numbers, its owner, its path through the
    funnel (`road`, with the times of its `steps`), and `end_key`, the status that it is in.

    `newest` is its place among the newest leads, from 1, or NULL. `waiting` and `planned` number the leads in progress of
    each owner: from the one that has waited longest, and the others at random.
    """
    departments = {row.name: row.pk for row in Department.objects.all()}
    people = {row.email.partition("@")[0]: row.pk for row in User.objects.all()}
    numbers = ", ".join(f"random() AS r{place}" for place in range(30))
    cursor.execute(
        f"""CREATE TEMPORARY TABLE demo_draw AS
            SELECT d.*, c.code, c.first, c.last, c.first_plain, c.last_plain, c.cities, c.language, c.calling, c.endings,
              CASE WHEN d.year < 0.03 THEN %(partners)s WHEN d.year < 0.05 OR c.code <> 'RO' THEN %(in_europe)s
                   ELSE %(in_romania)s END AS department_id,
              CASE WHEN d.newest %% {UNASSIGNED_EVERY} = 0 OR d.year < 0.03 THEN NULL
                   WHEN d.newest > 0 AND c.code = 'RO' THEN (%(reps_romania)s::bigint[])[1 + d.newest / 3 %% 3]
                   WHEN d.newest > 0 THEN (%(reps_europe)s::bigint[])[1 + d.newest / 3 %% 3]
                   WHEN d.year < 0.05 THEN %(emeka)s
                   WHEN c.code = 'RO' THEN {build_pick_sql("%(owners_romania)s::bigint[]", "d.r3")}
                   WHEN d.r2 < 0.31 THEN %(dmitri)s
                   ELSE {build_pick_sql("%(owners_europe)s::bigint[]", "d.r3")} END AS owner_id,
              date_trunc('second', CASE WHEN d.year < 0.05 THEN now() - interval '365 days' + d.year * interval '400 days'
                ELSE now() - interval '2 minutes' - least(power((1 - d.year) / 0.95, 1.15) * interval '340 days',
                  power(d.newest::float8 / {NEWEST}, 1.5) * interval '{HOURS} hours') END) AS drawn_at,
              {_build_path_sql()} AS path
            FROM (
              SELECT nextval(pg_get_serial_sequence('leads_lead', 'id')) AS id,
                CASE WHEN place > %(number)s - %(newest)s THEN %(number)s - place + 1 END AS newest,
                %(begun)s + (%(ended)s - %(begun)s) * (place - random()) / %(number)s AS year,
                random() AS r_step, random() AS r_end, random() AS r_linger, {numbers}
              FROM generate_series(1, %(number)s) AS place OFFSET 0
            ) AS d JOIN demo_country c ON c.place = floor(d.r5 * CASE WHEN d.newest %% 2 = 1 THEN %(home)s ELSE (SELECT count(*) FROM demo_country) END)""",
        {
            "begun": begun,
            "ended": ended,
            "number": number,
            # Romania is the first country, so every second of the newest leads comes from there.
            "home": sample_names.COUNTRIES["RO"][0],
            "newest": min(NEWEST, number // 5) if ended == 1 else 0,
            "partners": departments["Partners"],
            "in_romania": departments["Sales Romania"],
            "in_europe": departments["Sales Europe"],
            "emeka": people["emeka.obi"],
            "dmitri": people["dmitri.sokolov"],
            "reps_romania": [people[name] for name in REPS["romania"]],
            "reps_europe": [people[name] for name in REPS["europe"]],
            "owners_romania": [people[name] for name in OWNERS["romania"]],
            "owners_europe": [people[name] for name in OWNERS["europe"]],
        },
    )
    if ended == 1:
        _draw_twins(cursor)
    _draw_steps(cursor)
    cursor.execute("DROP TABLE demo_draw")


def _draw_twins(cursor) -> None:
    """Before the newest leads come a dozen people twice, as if they had asked again: one half with the same email, the other
    with the same phone, and all with other values, other sources and another form of their company."""
    copied = ", ".join(f"{name} = earlier.{name}" for name in TWINS_SHARE)
    cursor.execute(
        f"""WITH placed AS (
              SELECT *, row_number() OVER (ORDER BY id DESC) - {NEWEST} AS twin FROM demo_draw ORDER BY id DESC
              LIMIT {NEWEST + 2 * TWINS})
            UPDATE demo_draw d SET {copied},
              r17 = CASE WHEN later.twin %% 4 = 1 THEN earlier.r17 ELSE d.r17 END,
              r18 = CASE WHEN later.twin %% 4 = 1 THEN earlier.r18 ELSE d.r18 END,
              r13 = CASE WHEN later.twin %% 4 = 3 THEN earlier.r13 ELSE d.r13 END,
              r14 = CASE WHEN later.twin %% 4 = 3 THEN earlier.r14 ELSE d.r14 END
            FROM placed AS later JOIN placed AS earlier ON earlier.twin = later.twin + 1
            WHERE d.id = later.id AND later.twin > 0 AND later.twin %% 2 = 1""",
        [],
    )


def _build_path_sql() -> str:
    """The path of the drawn fate; `year` goes from 0 (a year ago) to 1 (now)."""
    cases, then, now = [], 0.0, 0.0
    for chance_then, chance_now, path in FATES:
        then, now = then + chance_then, now + chance_now
        cases.append(f"WHEN {FATE} < {then:.4f} + {now - then:.4f} * d.year THEN ARRAY{path}::text[]")
    return f"CASE {' '.join(cases)} ELSE ARRAY{FATES[-1][2]}::text[] END"


def _draw_steps(cursor) -> None:
    """When each step was: on working days, and none in the future. All but the newest leads have been contacted."""
    places = (1, 2, 3, 4)
    # Each level computes a moment once: in one expression, it would be computed again for each time that it is named.
    drawn = ", ".join(
        f"drawn_at + ({_build_days_sql(place)}) * interval '1 day' AS d{place}" for place in places
    )
    worked = ", ".join(
        f"d{place} + ({WEEKEND})[extract(isodow FROM d{place} AT TIME ZONE %(zone)s)::int] * interval '1 day' AS w{place}"
        for place in places
    )
    times = ", ".join(f"{build_working_time_sql(f'w{place}')} AS t{place}" for place in places)
    last = "coalesce(steps[done], created_at)"
    clock = read_clock_values(cursor)
    cursor.execute(
        f"""CREATE TEMPORARY TABLE demo_lead AS
            SELECT w.*, row_number() OVER (PARTITION BY owner_id, in_progress, waiting = 1
              ORDER BY last_step > now() - interval '5 days', r18) AS planned
            FROM (
              SELECT l.*, {last} AS last_step,
                row_number() OVER (PARTITION BY owner_id, in_progress ORDER BY {last}) AS waiting
              FROM (
                SELECT s.*, path[1:done] AS road, (ARRAY[contacted, t2, t3, t4])[1:done] AS steps,
                  coalesce(path[done], 'new') AS end_key,
                  coalesce(path[done] NOT IN ('won', 'lost', 'disqualified'), false) AS in_progress
                FROM (
                  SELECT t.*, CASE WHEN t1 < now() THEN t1 ELSE {build_working_time_sql("drawn_at + (now() - drawn_at) * r6")} END AS contacted,
                    CASE WHEN newest > 0 THEN 0 ELSE least(
                      CASE WHEN t2 > now() THEN 1 WHEN t3 > now() THEN 2 WHEN t4 > now() THEN 3 ELSE 4 END,
                      cardinality(path) - CASE WHEN {LINGERING} AND cardinality(path) > 1 THEN 1 ELSE 0 END) END AS done
                  FROM (
                    SELECT p.*, {build_working_time_sql("drawn_at")} AS created_at, {times} FROM (
                      SELECT m.*, {worked} FROM (SELECT d.*, {drawn} FROM demo_draw d OFFSET 0) AS m OFFSET 0) AS p OFFSET 0
                  ) AS t OFFSET 0) AS s OFFSET 0) AS l) AS w""",
        clock,
    )


def _build_days_sql(place: int) -> str:
    """How many days after it was added a lead takes this step of its path. Steps are two days apart at least, so they keep
    their order where weekends put them off."""
    middle = f"{FIRST_CONTACT} + {place - 1} * {BETWEEN}"
    end = f"{FIRST_CONTACT} + {place - 2} * {BETWEEN} + {LAST}"
    return f"CASE WHEN cardinality(path) = {place} THEN {end} ELSE {middle} END" if place > 1 else middle
