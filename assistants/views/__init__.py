"""The address for assistants, and the page on which people connect one."""
