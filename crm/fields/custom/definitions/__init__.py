"""What administrators define: custom fields, built-in ones, and when a field is shown."""
