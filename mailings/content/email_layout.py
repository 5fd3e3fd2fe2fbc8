"""How a mailing looks: the style of its HTML, which is part of each email because email programs load no stylesheets.

One of these styles is the only thing that a page with an email may use besides its text (`policy`).
"""

from base64 import b64encode
from hashlib import sha256

from django.utils.safestring import SafeString

LIGHT = """
body { margin: 0; padding: 0; background: #f3f4f6; color: #1f2933; }
body, td { font-family: -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; font-size: 16px; line-height: 1.55; }
.frame { width: 100%; background: #f3f4f6; }
.sheet { width: 100%; max-width: 600px; background: #ffffff; border-radius: 8px; }
.letter { padding: 32px; }
.notes { padding: 20px 32px 32px; color: #52606d; font-size: 13px; }
.notes p { margin: 0 0 6px; font-size: 13px; overflow-wrap: anywhere; }
.signature { margin-top: 28px; padding-top: 16px; border-top: 1px solid #d9dee4; color: #52606d; }
.preheader { display: none; max-height: 0; overflow: hidden; }
h1, h2, h3, h4 { margin: 28px 0 10px; line-height: 1.25; }
h1 { font-size: 26px; } h2 { font-size: 21px; } h3, h4 { font-size: 17px; }
.letter > :first-child { margin-top: 0; }
p, ul, ol, table, pre, blockquote { margin: 0 0 16px; }
a { color: #1d4ed8; }
a.button { display: inline-block; padding: 11px 20px; border-radius: 6px; background: #1d4ed8; color: #ffffff; text-decoration: none; }
blockquote { padding-left: 14px; border-left: 3px solid #d9dee4; color: #52606d; }
pre { white-space: pre-wrap; }
pre, code { font-family: Consolas, Menlo, monospace; font-size: 14px; }
.letter table { border-collapse: collapse; }
.letter th, .letter td { padding: 6px 12px 6px 0; border-bottom: 1px solid #d9dee4; text-align: left; vertical-align: top; }
hr { border: 0; border-top: 1px solid #d9dee4; margin: 24px 0; }
@media (max-width: 480px) { .letter { padding: 22px 18px; } .notes { padding: 16px 18px 24px; } .sheet { border-radius: 0; } }
"""
DARK = """
body, .frame { background: #101418; color: #e4e7eb; }
.sheet { background: #1b2127; }
.letter, td { color: #e4e7eb; }
.notes, .signature, blockquote { color: #a5b0bb; }
a { color: #8fb4ff; }
a.button { background: #8fb4ff; color: #101418; }
.signature, hr, blockquote, .letter th, .letter td { border-color: #3a444e; }
"""
# For a reader whose device is dark, and for previews of either.
STYLES = {
    "": f"{LIGHT}@media (prefers-color-scheme: dark) {{{DARK}}}\n",
    "light": LIGHT,
    "dark": LIGHT + DARK,
}


def render_style(scheme: str = "") -> SafeString:
    # No text of a user is in it.
    return SafeString(f"<style>{STYLES[scheme]}</style>")  # nosec


def get_style_hash(scheme: str = "") -> str:
    """The source that a Content-Security-Policy allows for this style."""
    return f"'sha256-{b64encode(sha256(STYLES[scheme].encode()).digest()).decode()}'"


def build_content_policy(scheme: str = "") -> dict[str, list[str]]:
    """For a page that is an email: its text, its style and links, and nothing else."""
    return {
        "default-src": ["'none'"],
        "script-src": ["'none'"],
        "style-src": [get_style_hash(scheme)],
        "form-action": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
