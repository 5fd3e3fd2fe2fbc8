"""The Chromium of all tests, as Playwright's options to start it: without the frame of a window around its pages, if it is installed."""

import shutil

# A browser that a person uses prepares a menu below its address for each window, as a page of its own in a process of its own:
# of 1.7 seconds of processor time for a new window with its first page, it took 0.7.
PREPARED = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup")
# What Playwright switches off. Chromium only reads the last of two lists.
OF_PLAYWRIGHT = (
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
)


def get_launch_options(*, whole: bool = False) -> dict:
    """For `chromium.launch`. Notifications need the whole browser."""
    # The same pages, without what a person sees around them: a third less than the whole browser.
    pages_only = None if whole else shutil.which("chromium-headless-shell")
    program = pages_only or shutil.which("chromium")
    assert program, "These tests need Chromium: install the package chromium."
    disabled = ",".join(OF_PLAYWRIGHT + PREPARED)
    return {
        "executable_path": program,
        "args": ["--no-sandbox", "--disable-gpu", f"--disable-features={disabled}"],
    }
