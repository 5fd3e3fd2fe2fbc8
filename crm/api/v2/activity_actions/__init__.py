"""API v2: what is done to one activity beside changing it: moving it to another record, and sending its emails again."""
