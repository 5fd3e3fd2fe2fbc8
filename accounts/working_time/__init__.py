"""Working hours, holidays and absences, in Python and in SQL."""
