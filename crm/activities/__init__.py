"""Activities: notes, calls, meetings and files on the records of every type, on their timelines."""
