"""The working calendar of a department in SQL, for what the database derives: the same answers as accounts/working_time/calendar.py."""

from accounts.working_time.calendar import FARTHEST, USUAL_WEEK


def build_working_after_sql(zone: str) -> str:
    """`leadwell_working_after(department, start, early, late)`: the moments when so much working time has passed since
    the start, on the clock of a time zone, which `zone` gives as SQL; empty if that takes longer than a year.

    The time zone, hours and holidays are read as they are at that moment, so nothing has to be brought up to date when they change.
    """
    opens, closes = ([str(hours[end]) for hours in USUAL_WEEK.values()] for end in (0, 1))
    return f"""
CREATE OR REPLACE FUNCTION leadwell_working_after(
    department bigint, start timestamptz, early interval, late interval, OUT warns timestamptz, OUT due timestamptz)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    opening time[]; closing time[]; free date[]; known integer;
    zone text := {zone};
    here date := (start AT TIME ZONE zone)::date;
    last date := here + {FARTHEST.days};
    worked interval := '0'; today interval; begins timestamptz; place integer;
BEGIN
    -- Without days, which a sum would read in the time zone of the session.
    early := make_interval(secs => extract(epoch FROM early)::double precision);
    late := make_interval(secs => extract(epoch FROM late)::double precision);
    SELECT array_agg(h.opens ORDER BY w), array_agg(h.closes ORDER BY w), count(h.id) INTO opening, closing, known
    FROM generate_series(0, 6) w LEFT JOIN accounts_workinghours h ON h.department_id = department AND h.weekday = w;
    IF known = 0 THEN
        opening := ARRAY{opens}::time[];
        closing := ARRAY{closes}::time[];
    END IF;
    SELECT array_agg(h.day) INTO free FROM accounts_holiday h
    WHERE h.day BETWEEN here AND last AND (h.department_id IS NULL OR h.department_id = department);
    WHILE here <= last LOOP
        place := extract(isodow FROM here);
        IF opening[place] IS NOT NULL AND NOT coalesce(here = ANY(free), false) THEN
            begins := greatest((here + opening[place]) AT TIME ZONE zone, start);
            today := make_interval(secs => greatest(
                extract(epoch FROM (here + closing[place]) AT TIME ZONE zone - begins), 0)::double precision);
            IF warns IS NULL AND early <= worked + today THEN
                warns := begins + (early - worked);
            END IF;
            IF late <= worked + today THEN
                due := begins + (late - worked);
                RETURN;
            END IF;
            worked := worked + today;
        END IF;
        here := here + 1;
    END LOOP;
    warns := NULL;
END $$;
"""
