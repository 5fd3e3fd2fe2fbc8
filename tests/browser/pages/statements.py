"""Statements that add what the pages show and requests can't make: a device of an earlier key, and an identity provider."""

STALE_DEVICE = """
    INSERT INTO accounts_pushdevice (user_id, name, endpoint, browser_key, secret, server_key, added_at, last_used_at)
    SELECT user_id, 'Safari on iPhone', endpoint || '2', browser_key, secret, 'earlier', added_at, added_at
    FROM accounts_pushdevice RETURNING id
"""


# A mailbox, which can't be added without signing in at its servers, with emails that it received, and a key for its domain.
MAILBOX = """
    WITH mailbox AS (
        INSERT INTO mailboxes_mailbox (name, address, department_id, sign_in, username, imap_host, imap_port, smtp_host,
            smtp_port, smtp_encryption, plus_addresses, secret, refresh_token, access_token, problem, failures, notified,
            next_check_at, busy_until, created_at, active)
        SELECT 'Sales mail', 'sales@demo.example', min(id), 'microsoft', '', 'outlook.office365.com', 993,
            'smtp.office365.com', 587, 'starttls', false, '', '', '', 'expired', 3, true, now(), now() + interval '1 year', now(), true
        FROM accounts_department RETURNING id
    ), key AS (
        INSERT INTO mailings_signingkey (domain, selector, secret, public, signs) SELECT 'demo.example', 'leadwell', '',
            repeat('MIIBIjANBgkqhkiG9w0B', 20), true FROM mailbox
    )
    INSERT INTO mailboxes_message (mailbox_id, folder, uid_validity, uid, outcome, of, sender, subject, reason, received_at)
    SELECT mailbox.id, 'INBOX', 1, n, outcome, '', 'ana@stranger.example', 'Offer for 200 chairs', '', now()
    FROM mailbox, (VALUES (1, 'automatic'), (2, 'unreadable')) AS given(n, outcome) RETURNING mailbox_id
"""


# The same for the personal mailbox of an administrator.
OWN_MAILBOX = """
    WITH mailbox AS (
        INSERT INTO mailboxes_mailbox (name, address, owner_id, sign_in, username, imap_host, imap_port, smtp_host,
            smtp_port, smtp_encryption, plus_addresses, secret, refresh_token, access_token, problem, failures, notified,
            next_check_at, busy_until, created_at, last_success_at, active)
        SELECT 'ada@demo.example', 'ada@demo.example', min(id), 'password', '', 'imap.demo.example', 993,
            '', 465, 'tls', false, 'x', '', '', '', 0, false, now(), now() + interval '1 year', now(), now(), true
        FROM accounts_user WHERE email = 'admin@demo.example' RETURNING id
    )
    INSERT INTO mailboxes_message (mailbox_id, folder, uid_validity, uid, outcome, of, sender, subject, reason, received_at,
        thread, private)
    SELECT mailbox.id, 'INBOX', 1, n, 'timeline', '', 'ana@omnia.example', 'Offer for 200 chairs', '', now(), n::text, n = 2
    FROM mailbox, (VALUES (1), (2)) AS given(n) RETURNING mailbox_id
"""


# A calendar of the same administrator, with a meeting that it brought and one that was written.
OWN_CALENDAR = """
    INSERT INTO calendars_connectedcalendar (owner_id, address, username, secret, path, name, known_as, cursor, leaving, problem,
        failures, notified, last_success_at, next_check_at, busy_until, created_at)
    SELECT min(id), 'https://calendar.demo.example', 'ada', 'x', '/ada/work/', 'Work', '', '', false, '', 0, false, now(),
        now() + interval '1 year', now() + interval '1 year', now()
    FROM accounts_user WHERE email = 'admin@demo.example' RETURNING id
"""


# A provider, which can't be added without asking it: a value in a row, and a user who has signed in with it.
PROVIDER = """
    WITH provider AS (
        INSERT INTO accounts_identityprovider (name, issuer, client_id, secret, scopes, groups_claim, domains, trusts_emails,
            trusts_sessions, method, active, document, keys, default_department_id)
        SELECT 'Acme', 'https://accounts.invalid', 'leadwell', '', 'openid email', 'groups', 'demo.example', false, false, '',
            true, '{}', '{}', min(id) FROM accounts_department RETURNING id
    ), linked AS (
        INSERT INTO accounts_identity (provider_id, subject, user_id, values, linked_at)
        SELECT provider.id, 'rep', "user".id, '["sellers"]', now() FROM provider, accounts_user "user"
        WHERE "user".email = 'rep@demo.example'
    )
    INSERT INTO accounts_claimrule (provider_id, position, value, role_id)
    SELECT provider.id, 1, 'sellers', role.group_ptr_id FROM provider, accounts_role role WHERE role.key = 'manager'
    RETURNING id
"""


# A counted proposal of score rules of the administrator, which needs more closed leads than a small demo has.
SCORE_PROPOSAL = """
    INSERT INTO leads_scoreproposal (user_id, finished_at, since, quarter, won, lost, compared, facts, scores)
    SELECT id, now(), current_date - 820, current_date - 90, 472, 2736, 63,
        '[{"counts": "fact", "conditions": "vip=yes", "won": 64, "lost": 65},
          {"counts": "call", "conditions": "", "won": 300, "lost": 700}]',
        '{"proposed": [[0, 40, 400], [20, 60, 60]], "present": [[-10, 50, 200], [0, 50, 260]]}'
    FROM accounts_user WHERE email = 'admin@demo.example' RETURNING id
"""

# An assistant of the administrator that connected itself.
ASSISTANT = """WITH token AS (
    INSERT INTO crm_token (purpose, user_id, created_by_id, name, prefix, hash, rights, addresses, created_at)
    SELECT 'assistant', id, id, 'Claude', 'lwa_abcdef', repeat('a', 64), '{leads.get,leads.put}', '{}', now()
    FROM accounts_user WHERE email = 'admin@demo.example' RETURNING id),
  limits AS (INSERT INTO assistants_assistantlimits (token_id) SELECT id FROM token),
  program AS (
    INSERT INTO assistants_assistantprogram (public_id, name, redirect_uris, registered_at)
    VALUES ('lwp_someprogram', 'Claude', '{https://someprogram.example/back}', now()) RETURNING id)
  INSERT INTO assistants_assistantconnection
    (token_id, program_id, redirect_uri, challenge, code_hash, code_until, family_hash, renewal_hash, session_hash)
  SELECT token.id, program.id, 'https://someprogram.example/back', repeat('a', 43), repeat('b', 64), now(), repeat('c', 64), '', ''
  FROM token, program RETURNING token_id"""
