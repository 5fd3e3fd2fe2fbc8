"""What a mailing says: text, merge fields, layout, files."""
