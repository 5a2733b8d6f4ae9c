"""The system's Chromium, driven by Playwright."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

DIST = Path(__file__).resolve().parents[1] / "web" / "dist" / "index.html"

# The map needs WebGL; machines without a graphics card draw it in software.
CHROMIUM = [
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-gpu-rasterization",
]


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser for as long as it is needed."""
    # A third cheaper, and slower to show a large page: not where it is measured how soon something is seen.
    is_measured = os.environ.get("YIKE_BENCH") or os.environ.get("YIKE_VERIFY")
    cheaper = [] if is_measured else ["--disable-gpu-compositing"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=[*CHROMIUM, *cheaper])
        yield browser
        browser.close()


def require_pages() -> None:
    """Fail, loudly, where the pages are not built."""
    if not DIST.exists():
        pytest.fail("The pages are not built: cd web && npm ci && npm run build")
