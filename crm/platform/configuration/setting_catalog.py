"""All environment settings with their defaults and meanings: the table in the README."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Setting:
    """An environment variable: its name, its default, and its meaning (the README's table)."""

    name: str
    default: str
    meaning: str


# fmt: off
SETTING_CATALOG = [
    Setting("LEADWELL_MODE", "demo", "`demo` or `production`, which has no demo company and checks all settings"),
    Setting("HOST", "127.0.0.1", "the address the web server listens on"),
    Setting("PORT", "8000", "the port the web server listens on"),
    Setting("LEADWELL_URL", "http://HOST:PORT", "the address of the site, `https://…` in production"),
    Setting("LEADWELL_SECRET_KEY", "generated on the first demo run", "signs sessions and links, at least 50 characters"),
    Setting("LEADWELL_SECRET_KEY_FALLBACKS", "none", "previous secret keys, separated by commas, so that sessions, links and what is encrypted stay valid (docs/run.md)"),
    Setting("LEADWELL_DATA", "var", "the folder for the embedded database, files, backups and logs"),
    Setting("LEADWELL_FILES", "the folder `files` in LEADWELL_DATA", "where uploads, exports and attachments are kept: a folder that all servers share, or `s3://bucket/prefix?endpoint=https://s3.example.com&region=eu-1` (docs/scaling/bucket.md)"),
    Setting("LEADWELL_DEMO_PASSWORD", "generated and printed on the first run", "the password of the demo accounts, kept until you set another one"),
    Setting("LEADWELL_ADMIN_EMAIL", "asked on the terminal", "the email of the first administrator in production"),
    Setting("LEADWELL_ADMIN_PASSWORD", "asked on the terminal", "the password of the first administrator"),
    Setting("DATABASE_URL", "the embedded server", "`postgres://user:password@host:port/name`, PostgreSQL 16 or newer"),
    Setting("DATABASE_DIRECT_URL", "DATABASE_URL", "the same database without the transaction pooler, for the worker"),
    Setting("DATABASE_REPLICA_URLS", "none", "standbys of the database that pages are read from, separated by commas (docs/scaling/replicas.md)"),
    Setting("EMAIL_URL", "files in LEADWELL_DATA/mail", "`smtp+tls://user:password@host:587`"),
    Setting("LEADWELL_MAIL_FROM", "`Leadwell <leadwell@localhost>`", "the sender of emails"),
    Setting("LEADWELL_PROXIES", "0", "the number of your own proxies that set X-Forwarded-For"),
    Setting("LEADWELL_WEB_PROCESSES", "2", "the number of web server processes"),
    Setting("LEADWELL_WEB_THREADS", "4", "the number of threads in each process"),
    Setting("LEADWELL_QUEUES", "all", "what a worker does, separated by commas: `work`, `jobs`, `long`, `exports`, `reports`, `automations`, `webhooks`, `slow_webhooks`, `mailboxes`, `mailings` (docs/scaling/running.md)"),
    Setting("LEADWELL_LANGUAGE", "", "`en` or `ro`, instead of the language in Settings → Company"),
    Setting("LEADWELL_TIME_ZONE", "", "the time zone, instead of that in Settings → Company"),
    Setting("LEADWELL_BASE_CURRENCY", "", "the base currency, instead of that in Settings → Company; fixed once amounts are stored"),
    Setting("UNDO_DAYS", "30", "how many days a change can be undone"),
    Setting("FILE_DAYS", "30", "how many days the files of imports and exports are kept"),
    Setting("FILE_MEGABYTES", "20", "the largest file that can be attached to a record, and the size of all files of an email together, in megabytes, at most 100"),
    Setting("EXPORT_APPROVAL_ABOVE", "0", "exports of more leads than this need approval, 0 for never"),
    Setting("MAILING_APPROVAL_ABOVE", "0", "mailings to more recipients than this need approval, 0 for never"),
    Setting("LEADWELL_AUDIT_MONTHS", "12", "how many whole months the entries of the audit log are kept"),
    Setting("LEADWELL_CHANGES_MONTHS", "0", "how many whole months the changes of records are kept, longer than UNDO_DAYS, 0 to keep all (docs/scaling/months.md)"),
    Setting("LEADWELL_JOBS_MONTHS", "0", "how many whole months finished jobs are kept, 0 to keep all"),
    Setting("LEADWELL_AUDIT_READS", "100", "how many percent of the reads by programs the audit log records, 0 for none"),
    Setting("LEADWELL_AUDIT_LOG", "none", "where else the audit log is written as JSON lines: the path of a file, `stdout`, `syslog://10.0.0.5:514` (UDP), `syslog+tls://logs.example.com:6514`, or `https://…` (docs/logs.md)"),
    Setting("LEADWELL_AUDIT_CA", "those of the machine", "the path of the certificate authority of that receiver"),
    Setting("LEADWELL_AUDIT_SECRET", "none", "signs what is sent to `https://…`, at least 20 characters"),
    Setting("LEADWELL_SESSION_DAYS", "14", "how many days after signing in a session ends, at most 90"),
    Setting("LEADWELL_SESSION_IDLE_HOURS", "12", "how many hours without use end a session, at most 720"),
    Setting("EXPORT_PASSWORD_ABOVE", "1000", "exports of more records than this require the password again, at most 10,000, 0 for never"),
    Setting("LEADWELL_PASSWORD_WORDS", "none", "words that no new password may contain, separated by commas, such as the names of your company and its products; `leadwell` and the host of LEADWELL_URL are always among them"),
    Setting("LEADWELL_PUSH", "on", "`on` or `off`: whether users can turn on notifications on their devices (docs/mail.md)"),
    Setting("LEADWELL_METRICS", "none", "the address and port of the metrics for Prometheus, such as `127.0.0.1:9464` (docs/monitoring.md)"),
    Setting("LEADWELL_LOG", "text", "`text`, or `json` for log lines that programs read (docs/monitoring.md)"),
    Setting("LEADWELL_OTEL", "off", "`on` or `off`: traces and metrics by OpenTelemetry, which is installed separately (docs/monitoring.md)"),
    Setting("LEADWELL_SLOW_MS", "500", "database queries that take this many milliseconds are logged, 0 for none"),
    Setting("LEADWELL_BACKUP_KEYS", "none", "the public keys that backups are encrypted for, separated by commas (docs/run.md)"),
    Setting("LEADWELL_BACKUPS_KEPT", "14 with the embedded server in production", "how many nightly backups are kept, 0 for none (docs/run.md)"),
    Setting("LEADWELL_DIALER", "`tel:`, the device's own", "the address of your phone system that calls a number, such as `https://dial.example.com/?to={phone}`"),
]
# fmt: on
