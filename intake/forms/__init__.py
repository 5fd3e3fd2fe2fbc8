"""Web forms: their builder, the public page of each form, and what is sent with it."""
