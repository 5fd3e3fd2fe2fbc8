"""Django's settings; what differs between machines comes from crm/platform/configuration/environment.py."""

from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from crm.platform.configuration import environment as machine
from crm.platform.database.connection_settings import build_database_settings
from crm.platform.files.storage_settings import build_storage_setting, get_media_root
from crm.platform.server.logging_settings import build_logging_settings

ENVIRONMENT = machine.read_environment()
BASE_DIR = machine.ROOT
DATA = ENVIRONMENT.data
DEMO = ENVIRONMENT.demo
SECRET_KEY = ENVIRONMENT.secret_key
SECRET_KEY_FALLBACKS = ENVIRONMENT.secret_key_fallbacks
DEBUG = False

# Addresses
SITE_URL = ENVIRONMENT.url
_SITE = urlsplit(SITE_URL)
_HTTPS = _SITE.scheme == "https"
ALLOWED_HOSTS = [_SITE.hostname or "localhost", "localhost", "127.0.0.1", "[::1]"]
if DEMO and ENVIRONMENT.listens_everywhere:
    ALLOWED_HOSTS = ["*"]  # people who open a demo to the network use whatever host name it has there
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _HTTPS
# With https, no other host of the domain and no page without TLS can set a cookie with this prefix.
_COOKIE = "__Host-" if _HTTPS else ""
SESSION_COOKIE_NAME = f"{_COOKIE}sessionid"
CSRF_COOKIE_NAME = f"{_COOKIE}csrftoken"
MESSAGE_COOKIE_NAME = f"{_COOKIE}messages"
DEVICE_COOKIE_NAME = f"{_COOKIE}leadwell_device"
PUSH_COOKIE_NAME = f"{_COOKIE}leadwell_push"
RECENT_COOKIE_NAME = f"{_COOKIE}recent"
LANGUAGE_COOKIE_NAME = f"{_COOKIE}language"
STATE_COOKIE_NAME = f"{_COOKIE}seen"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "crm.platform.web.middleware.browser_policy.Messages"
SECURE_SSL_REDIRECT = _HTTPS
# crm/platform/web/middleware/probes.py, crm/api/api_middleware.py
SECURE_REDIRECT_EXEMPT = [
    r"^(healthz|readyz)$",
    r"^(api/(?!docs)|v1/|scim/|mcp|oauth/(?!authorize)|calendar/|hooks/)",
]
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.proxies else None
X_FRAME_OPTIONS = "DENY"
ROOT_URLCONF = "crm.urls"
WSGI_APPLICATION = "crm.wsgi.application"
APPEND_SLASH = False

# From the lowest layer to the highest: apps never import from later ones.
PRODUCT_APPS = ["crm", "accounts", "leads", "customers", "duplicates", "intake", "mailboxes", "calendars", "bookings", "mailings", "sequences", "automations", "reports", "assistants", "privacy"]  # fmt: skip
INSTALLED_APPS = [
    *PRODUCT_APPS,
    "product",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "axes",
    "django_countries",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "import_export",
    "crm.platform.sql.trigger_registration.TriggersConfig",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "crm.platform.web.middleware.request_ids.RequestIdMiddleware",
    "crm.platform.web.middleware.probes.ProbesMiddleware",
    "crm.platform.web.security_log.RefusalsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "crm.platform.web.middleware.browser_policy.BrowserPolicyMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "crm.api.api_middleware.ApiMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.authentication.sessions.LastUseMiddleware",
    "accounts.preferences.PreferencesMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "crm.platform.web.responses.RedirectMiddleware",
    "crm.platform.web.middleware.private_pages.PrivatePagesMiddleware",
    "crm.platform.web.middleware.response_timing.PaceMiddleware",
    "crm.platform.web.middleware.request_body.BodyMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "accounts.second_factor.enforcement.SecondFactorMiddleware",
    "accounts.users.viewing_middleware.ViewingMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "crm.platform.web.middleware.http_methods.KnownMethodsMiddleware",
    "crm.platform.web.middleware.request_transactions.TransactionMiddleware",
    "axes.middleware.AxesMiddleware",
]
if ENVIRONMENT.database_replica_urls:
    at = MIDDLEWARE.index("django.contrib.sessions.middleware.SessionMiddleware")
    MIDDLEWARE.insert(at, "crm.scaling.replicas.position_middleware.PositionMiddleware")
if ENVIRONMENT.log == "json":
    MIDDLEWARE.insert(1, "crm.platform.monitoring.request_log_lines.LineMiddleware")
if ENVIRONMENT.metrics:
    MIDDLEWARE.insert(0, "crm.platform.monitoring.request_metrics.MeasuringMiddleware")

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "crm.platform.web.rendering.template_loader.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.navigation.navigation",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "crm.templatetags.look",
                "crm.templatetags.cached_fragments",
                "crm.work.tasks.template_tags",
            ],
        },
    }
]
FORM_RENDERER = "crm.platform.web.rendering.form_rendering.Renderer"
DJANGO_TABLES2_TEMPLATE = "table.html"

# Database and jobs
DATABASES = build_database_settings(ENVIRONMENT)
REPLICAS = [alias for alias in DATABASES if alias.startswith("replica")]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
# Triggers are created after each migration (crm/platform/sql/trigger_installation.py).
PGTRIGGER_MIGRATIONS = False

# People
AUTH_USER_MODEL = "accounts.User"
# The team of a record, and what leads become; like the user model, these are set here, so lower apps don't name them.
DEPARTMENT_MODEL = "accounts.Department"
CLIENT_MODELS = {"company": "customers.Company", "contact": "customers.Contact"}
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "accounts.sign_in.EmailBackend", "accounts.sign_in.CodeBackend"]  # fmt: skip
PASSWORD_HASHERS = [f"django.contrib.auth.hashers.{name}PasswordHasher" for name in ("Argon2", "PBKDF2")]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "accounts.authentication.password_validation.LengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "accounts.authentication.password_validation.BreachedPasswordValidator"},
    {
        "NAME": "accounts.authentication.password_validation.OwnWordsValidator",
        "OPTIONS": {"words": ENVIRONMENT.password_words},
    },
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
PASSWORD_RESET_TIMEOUT = 60 * 60 * 24
SESSION_ENGINE = "accounts.authentication.session_store"
SESSION_DAYS = ENVIRONMENT.session_days
SESSION_IDLE_HOURS = ENVIRONMENT.session_idle_hours
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "crm.platform.web.views.errors.form_expired"

# Guessing is slowed down per account, browser and address (accounts/authentication/guess_rules.py has the rules); a browser that has signed in before
# is counted separately, so no one can lock an owner out.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_HANDLER = "accounts.authentication.guess_throttling.SlowDown"
AXES_USERNAME_FORM_FIELD = "email"
AXES_USERNAME_CALLABLE = "accounts.sign_in.get_failure_key"
AXES_CLIENT_IP_CALLABLE = "crm.platform.web.client_address.get_client_address"
AXES_LOCKOUT_CALLABLE = "accounts.sign_in.render_lockout_page"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "code"]
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

# Mail
vars().update({name: value for name, value in ENVIRONMENT.email.items() if name.startswith("EMAIL_")})
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENVIRONMENT.mail_from
EMAIL_TIMEOUT = 20

# Languages and times
# What speaks to no one in particular, such as the log. Pages and emails ask crm/platform/configuration/company.py.
LANGUAGE_CODE = ENVIRONMENT.language or "en"
LANGUAGES = [("en", _("English")), ("ro", _("Romanian"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["crm.formats"]
TIME_ZONE = ENVIRONMENT.time_zone or "Europe/Bucharest"
USE_TZ = True
# Numbers for people use the `number` filter; IDs and values in URLs and forms stay plain.
USE_THOUSAND_SEPARATOR = False

# Static files: copied, compressed, and named by their content when the server starts
STATIC_URL, STATIC_ROOT = "/static/", DATA / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_ALLOW_ALL_ORIGINS = False
STORAGES = {
    "default": build_storage_setting(ENVIRONMENT.files),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# crm/platform/files/store.py
FILES, FILE_UPLOAD_PERMISSIONS = ENVIRONMENT.files, 0o600
MEDIA_ROOT, TEMPORARY = get_media_root(FILES, DATA), DATA / "temporary"
FILE_UPLOAD_HANDLERS = [
    "crm.platform.excel.reading.upload_handlers.LimitedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "crm.platform.excel.reading.upload_handlers.RoomyUploadHandler",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

LOGGING = build_logging_settings(ENVIRONMENT)

# The APIs: tokens instead of sessions (crm/api/); the documentation is generated from the views
REST_FRAMEWORK: dict[str, object] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}

SPECTACULAR_SETTINGS: dict[str, object] = {
    "TITLE": "Leadwell",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "DESCRIPTION": (
        "Programs written for CRM Connect or Umbra ERP work with Leadwell unchanged. For new programs use API v2. An "
        "administrator creates tokens under Settings, API."
    ),
    "COMPONENT_SPLIT_REQUEST": True,
    "SORT_OPERATIONS": False,
    # What follows it in a URL is the group of the call: clients that are generated have a module or class for each.
    "SCHEMA_PATH_PREFIX": "/api/v2",
    # The groups that readers look for first; the others follow.
    "TAGS": [{"name": name} for name in ("leads", "companies", "contacts", "deals", "requests")],
    "ENUM_NAME_OVERRIDES": {
        "StatusCategory": "leads.models.Status.Kind",
        "SourceCategory": "leads.models.Source.Kind",
        "CustomFieldType": "crm.models.CustomField.Type",
        "ActivityType": "crm.models.Activity.Type",
        "CallOutcome": "crm.models.Activity.Outcome",
        "CallDirection": "crm.models.Activity.Direction",
        "TaskType": "crm.models.Task.Type",
        "TaskPriority": "crm.models.Task.Priority",
        "TemplateType": "crm.work.models.template.Template.Type",
        "RecipientType": "mailings.audience.audience.KINDS_OF_AUDIENCES",
        "SkipReason": "mailings.models.Delivery.Reason",
        "SuppressionReason": "mailings.models.Suppression.Reason",
        "OfEnum": "duplicates.record_graph.COMPARED_TABLES",
        "MadeOfRequest": "customers.requests.creation_api.MADE",
        "QueueOutcomeCode": "leads.queue.api.queue_steps.OUTCOMES",
        "QueueReasonCode": "leads.queue.priority_reasons.REASONS",
        "QueueSkipReason": "leads.models.QueueStep.Reason",
        "GoalMeasure": "reports.models.Goal.Measure",
        "GoalState": "reports.api.goal_calls.STATES",
        "AddedEnum": "customers.conversion.api.ADDED",
        "StateEnum": "mailings.models.Mailing.State",
    },
    "APPEND_COMPONENTS": {
        "securitySchemes": {
            "authtoken": {"type": "apiKey", "in": "header", "name": "authtoken"},
            "bearer": {"type": "http", "scheme": "bearer"},
        }
    },
}

# Leadwell's own settings
# Values of Settings → Company that the environment overrides, and their variables.
COMPANY_OVERRIDES = {
    "language": ENVIRONMENT.language,
    "time_zone": ENVIRONMENT.time_zone,
    "base_currency": ENVIRONMENT.base_currency,
}
COMPANY_VARIABLES = {
    "language": "LEADWELL_LANGUAGE",
    "time_zone": "LEADWELL_TIME_ZONE",
    "base_currency": "LEADWELL_BASE_CURRENCY",
}
UNDO_DAYS, FILE_DAYS = ENVIRONMENT.undo_days, ENVIRONMENT.file_days
FILE_MEGABYTES = ENVIRONMENT.file_megabytes
AUDIT_MONTHS = ENVIRONMENT.audit_months
CHANGES_MONTHS, JOBS_MONTHS = ENVIRONMENT.changes_months, ENVIRONMENT.jobs_months
AUDIT_LOG, AUDIT_CA, AUDIT_SECRET = ENVIRONMENT.audit_log, ENVIRONMENT.audit_ca, ENVIRONMENT.audit_secret
AUDIT_READS = ENVIRONMENT.audit_reads
EXPORT_APPROVAL_ABOVE = ENVIRONMENT.export_approval_above
MAILING_APPROVAL_ABOVE = ENVIRONMENT.mailing_approval_above
EXPORT_PASSWORD_ABOVE = ENVIRONMENT.export_password_above
DIALER, PUSH, SLOW_MS = ENVIRONMENT.dialer, ENVIRONMENT.push, ENVIRONMENT.slow_ms
BACKUP_KEYS, BACKUPS_KEPT = ENVIRONMENT.backup_keys, ENVIRONMENT.backups_kept
