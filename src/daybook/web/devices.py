"""PURE: what a browser says of itself, in two or three words that its owner knows it by."""

from daybook.kit.translation import gettext

BROWSERS = (
    ("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
"""What stands in a User-Agent, and whose it is; the first that does counts, for most name others beside themselves."""
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "Mac"),
    ("CrOS", "Chromebook"), ("Linux", "Linux"),
)  # fmt: skip
LONGEST = 60


def named(user_agent: str) -> str:
    """Return "Firefox on Windows"; the text itself, shortened, where it names no browser that we know."""
    browser = next((name for sign, name in BROWSERS if sign in user_agent), "")
    system = next((name for sign, name in SYSTEMS if sign in user_agent), "")
    if not browser:
        return user_agent[:LONGEST] or gettext("An unknown browser")
    return gettext("{browser} on {system}").format(browser=browser, system=system) if system else browser
