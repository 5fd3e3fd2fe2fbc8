"""Activities: notes, calls and meetings on the records of every type, on their timelines."""
