"""Starts an installation with good-looking data and takes the documentation's pictures: `python -m tests.screenshots`."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

from tests.faults.stage import ROOT, Serve, await_that, stage

OUT = ROOT / "docs" / "img"
WIDTH, HEIGHT = 1280, 800


def main() -> None:
    with stage() as (folder, sandbox):
        os.environ.pop("STRATUM_CRASH_FILE")
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        from tests.screenshots import scenes

        pages = scenes.prepare(sandbox)
        serve = Serve(folder)
        try:
            scenes.finish(await_that)
            _take(pages)
        finally:
            serve.stop()


def _take(pages: list[tuple[str, str, str]]) -> None:
    from playwright.sync_api import sync_playwright

    OUT.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for scheme in ("light", "dark"):
            for name, who, path in pages:
                context = browser.new_context(
                    viewport={"width": WIDTH, "height": HEIGHT}, color_scheme=scheme, base_url=os.environ["BASE_URL"]
                )
                _save(_seen(context, who, path), OUT / f"{name}-{scheme}.png")
                context.close()
        browser.close()


def _seen(context: Any, who: str, path: str) -> bytes:
    from tests.people import PASSWORD

    page = context.new_page()
    page.goto("/login")
    page.get_by_label("User name").fill(who)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)
    page.goto(path)
    page.wait_for_load_state("networkidle")
    taken: bytes = page.screenshot()
    return taken


def _save(data: bytes, target: Path) -> None:
    from PIL import Image

    # Without a palette: a hue of few pixels, as a warning is one, would be given another's colour.
    Image.open(io.BytesIO(data)).convert("RGB").save(target, optimize=True)
    print(f"{target.relative_to(ROOT)} {target.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()
