"""Activities: notes, calls, meetings, emails and files on the records of every type, on their timelines."""
