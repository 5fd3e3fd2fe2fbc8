"""Leads' own SQL function: the value in the base currency."""

# A lead's value in the base currency, at the rate of the day on which the lead was added; NULL without a rate.
# The base currency itself always has the rate 1.
BASE_VALUE = """
CREATE OR REPLACE FUNCTION leadwell_base_value(value numeric, money text, added timestamptz) RETURNS numeric
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN round(value * (
        SELECT r.rate FROM leads_rate r WHERE r.currency = money AND r.day <= (added AT TIME ZONE 'UTC')::date
        ORDER BY r.day DESC LIMIT 1), 2);
END $$;
"""
