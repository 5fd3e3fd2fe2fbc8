"""The name of a browser and its system, such as "Firefox, Windows", read from the header with which it introduces itself."""

# The first that occurs counts: most browsers also name the ones that they descend from.
BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser/": "Samsung Internet",
    "Vivaldi/": "Vivaldi",
    "Firefox/": "Firefox",
    "FxiOS/": "Firefox",
    "CriOS/": "Chrome",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "CrOS": "ChromeOS",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "Linux": "Linux",
}


def get_browser_name(header: str) -> str:
    """'' for a header that names neither; names are the same in all languages."""
    found = [
        next((name for mark, name in names.items() if mark in header), "") for names in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(filter(None, found))
