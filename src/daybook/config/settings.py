"""Django's settings. Only this module (through `environment.py`) reads the environment."""

from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from django.urls import reverse_lazy

from daybook.config import environment, logging
from daybook.intake import door
from daybook.kit import clock

_environment = environment.read()
clock.run_at(_environment.pace)
_public = urlsplit(_environment.public_url)

PUBLIC_URL = _environment.public_url
"""The redirect URI and links come from it, never from the Host header."""
globals().update(_environment.ledgers)  # <LEDGER>_API_BASE, ..., as the ledgers' rows name them
REAL_API = environment.REAL_API
ENCRYPTION_KEYS = _environment.encryption_keys
LOOK_AFTER_SECONDS = _environment.look_after_seconds
"""How long after an unanswered call the ledger is asked what it holds (how a document stays single, 5)."""
TRUSTED_PROXIES = _environment.trusted_proxies
"""Only what these say of a caller's address and scheme counts."""
UNKNOWN_VARIABLES = {name: environment.meant(name) for name in environment.unknown()}
"""Mistyped variables, and what was probably meant."""
CALL_TIMEOUT_SECONDS = _environment.call_timeout_seconds
KEEP_DELIVERIES_DAYS = _environment.keep_deliveries_days
"""How long the bytes of what senders sent are kept."""
KEEP_CLOSED_YEARS = _environment.keep_closed_years
"""How long what a closed company leaves is kept, where nobody says otherwise when it is closed."""
FILES_ROOT = _environment.files_root
FEEDS_REACH_NEIGHBOURS = _environment.feeds_reach_neighbours
FILES_REACH_NEIGHBOURS = _environment.files_reach_neighbours
STATE_FOLDER = _environment.state_folder
"""Where a marker tells how far the history had come, outside of the database; "": nowhere."""
METRICS_TOKEN = _environment.metrics_token
"""What whoever asks for /metrics must show; "": there is no such address."""
SESSION_IDLE_SECONDS = _environment.session_idle_hours * 3600
SESSION_LIVES_SECONDS = _environment.session_days * 86400
MAIL_IS_SET_UP = bool(_environment.smtp_host)

SECRET_KEY = _environment.secret_key
DEBUG = False
ALLOWED_HOSTS = [_public.hostname or "localhost", "localhost", "127.0.0.1"]
CSRF_TRUSTED_ORIGINS = [f"{_public.scheme}://{_public.netloc}"]
ROOT_URLCONF = "daybook.config.urls"
WSGI_APPLICATION = "daybook.config.wsgi.application"
AUTH_USER_MODEL = "companies.Person"
_database = dj_database_url.parse(_environment.database_url)
# A worker's jobs, and five calls in flight for each drain. A pool that failed to connect gives up soon, so that the
# next one who asks tries anew.
_pool = {"min_size": 0, "max_size": 48, "timeout": 20, "reconnect_timeout": 4}
# A process that is stopped in the middle of a transaction holds its locks; after this, PostgreSQL ends it. The longest
# that a living one is idle there is the renewal of a token: 40 s.
_idle = f"-c idle_in_transaction_session_timeout={round(1000 * clock.lasting(120))}ms"
_server_options = {
    "connect_timeout": 5,
    "options": _idle,
    "application_name": "daybook",  # `migrate` tells by it whose sessions there are (ops/postgres/obstacles.py)
}
DATABASES = {
    "default": {
        **_database,
        "OPTIONS": {
            **_server_options,
            **_database.get("OPTIONS", {}),
            "pool": _pool,
        },  # the URL's own, such as sslmode, win
        "CONN_MAX_AGE": 0,  # the pool keeps connections
        "CONN_HEALTH_CHECKS": True,  # and gives out none that a restart of the database has ended
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "ninja",  # its documentation page then comes from our own files, not from a CDN
    "procrastinate.contrib.django",
    "daybook.secrets",
    "daybook.history",
    "daybook.companies",
    "daybook.connections",
    "daybook.feeds",
    "daybook.catalog",
    "daybook.orders",
    "daybook.outbox",
    "daybook.ending",
    "daybook.proving",
    "daybook.alerts",
    "daybook.web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "daybook.config.faults.while_database_away",
    "daybook.web.policy.content_policy",
    "daybook.web.compressed.compressed",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "daybook.web.sessions.session_age",
    "daybook.web.language.request.language",
    "daybook.web.policy.uploads_after_login",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parents[1] / "web/templates"],  # before allauth's own, so that ours are found first
        "OPTIONS": {
            "loaders": [
                (
                    "daybook.web.language.templates.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "daybook.web.titles.ledger",
            ],
        },
    }
]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [Path(__file__).parents[1] / "web/language/locale"]
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True  # no collectstatic step: the wheel's own files are served as they are
WHITENOISE_MAX_AGE = 24 * 60 * 60  # seconds; addresses say what is in a file
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "daybook.web.versions.VersionedStorage"},
}
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _public.scheme == "https"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = SESSION_LIVES_SECONDS
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SAMESITE = "Lax"  # the way back from consent is a top-level GET: Lax sends the session along
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE, FILE_UPLOAD_MAX_MEMORY_SIZE = door.LARGEST_UPLOAD, door.LARGEST_FILE
DATA_UPLOAD_MAX_NUMBER_FIELDS = 60_000  # a refused order of 1,000 lines is corrected by a field for each of its cells
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]  # nothing sent is written to disk
CACHES = {
    "default": {  # attempts to log in are counted there: all processes count together
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "companies_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
LOGGING_CONFIG = None
logging.configure(_environment.log_format)

EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if MAIL_IS_SET_UP else 'dummy'}.EmailBackend"
EMAIL_HOST, EMAIL_PORT = _environment.smtp_host, _environment.smtp_port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _environment.smtp_user, _environment.smtp_password
EMAIL_USE_TLS, EMAIL_USE_SSL = _environment.smtp_tls == "starttls", _environment.smtp_tls == "tls"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = _environment.mail_from

LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "account_login"
ACCOUNT_ADAPTER = "daybook.web.login.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # addresses are proven by our own links (companies/addresses.py, invitations.py)
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_FORMS = {"reset_password": "daybook.web.login.OwnAddressResetForm"}
ACCOUNT_SESSION_REMEMBER = False
MFA_ADAPTER = "daybook.web.login.SealedFactors"
ACCOUNT_RATE_LIMITS = {  # web/attempts.py says why so
    "login": "120/m/ip",
    "login_failed": "60/10m/ip,5/5m/key",
    "login_failed_account": "100/h/key",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # a step of thirty seconds either way: typing takes time, and clocks differ (RFC 6238, 5.2)

PROCRASTINATE_IMPORT_PATHS = ["daybook.ops.jobs"]

UNFOLD = {
    "SITE_TITLE": "Daybook",
    "SITE_HEADER": "Daybook operator",
    "SITE_SYMBOL": "menu_book",
    "SITE_URL": "/",
    "STYLES": [lambda _: "/static/daybook/daybook.css"],
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda _: "/static/daybook/icon.svg"}],
    "SHOW_HISTORY": False,
    "ACCOUNT": {
        "navigation": [
            {"title": "E-mail address", "link": reverse_lazy("account_address")},
            {"title": "Password", "link": reverse_lazy("account_change_password")},
            {"title": "Second factor", "link": reverse_lazy("mfa_index")},
            {"title": "Mails to you", "link": reverse_lazy("account_mail")},
            {"title": "Sessions", "link": reverse_lazy("usersessions_list")},
        ]
    },
}
