"""Tasks: what is to be done about the records of every type, for whom and when."""
