"""Activities: notes, calls, meetings and emails on the records of every type, on their timelines."""
