"""Open pages in headless Chromium without network, and fail on what a reader would see broken.

python tests/browser/check.py --pictures FOLDER PAGE.html ... draws each page on a wide and on a narrow screen into FOLDER.
A page fails if it writes an error to the console, asks for something that cannot be loaded (the network is off), shows an
image that is not there, or is wider than the screen.
"""

import argparse
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

SCREENS = {"wide": 1200, "narrow": 480}

BROKEN_IMAGES = "[...document.images].filter(i => !i.complete || i.naturalWidth === 0).map(i => i.src.slice(0, 80))"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def complaints(browser: Browser, page: Path, screen: str, picture: Path) -> list[str]:
    """What is wrong with ``page`` at this width; draws it into ``picture``."""
    found: list[str] = []
    context = browser.new_context(viewport={"width": SCREENS[screen], "height": 900}, offline=True)
    tab = context.new_page()
    tab.on("console", lambda message: found.append(f"console: {message.text}") if message.type == "error" else None)
    tab.on("pageerror", lambda error: found.append(f"script: {error}"))
    tab.on("requestfailed", lambda request: found.append(f"not loaded: {request.url[:120]}"))
    tab.goto(page.resolve().as_uri(), wait_until="load")
    found += [f"image: {source}" for source in tab.evaluate(BROKEN_IMAGES)]
    if (pixels := tab.evaluate(OVERFLOW)) > 0:
        found.append(f"{pixels} pixels wider than the screen of {SCREENS[screen]}")
    tab.screenshot(path=picture, full_page=True)
    context.close()
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="+", type=Path)
    parser.add_argument("--pictures", type=Path, required=True)
    options = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("no Chromium here: install it, for example with apt-get install chromium")
    options.pictures.mkdir(parents=True, exist_ok=True)
    failures = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for page in options.pages:
            for screen in SCREENS:
                name = f"{page.parent.name}-{page.stem}-{screen}.png"
                found = complaints(browser, page, screen, options.pictures / name)
                failures += len(found)
                print(f"{page} ({screen}): {'; '.join(found) or 'fine'}")
        browser.close()
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
