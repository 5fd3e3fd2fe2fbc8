"""Lists of the settings of leads, which are sorted and searched in memory."""
