"""The addresses that programs open, and browsers don't."""

# Below this prefix, the third part of an address is a secret.
WITH_SECRETS = "/hooks/"
# How assistants are connected, but for the page on which a user agrees to it.
CONNECTING = ("/.well-known/oauth-", "/oauth/register", "/oauth/token", "/oauth/revoke")
PREFIXES = ("/api/", "/v1/", "/scim/", "/mcp", *CONNECTING, WITH_SECRETS)
# What programs open, with a secret in a header or in the address.
FOR_PROGRAMS = (*PREFIXES, "/calendar/")
# What answers in English whoever asks, and reads what the company has decided together with its token.
IN_ENGLISH = ("/api/v2/", "/mcp")
