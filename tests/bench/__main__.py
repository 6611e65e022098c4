"""Prints the measurements: `python -m tests.bench [publish|pages] [--platform P]`."""

from __future__ import annotations

import argparse
import json

from tests.faults.stage import stage


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("what", nargs="?", choices=["publish", "pages"])
    parser.add_argument("--platform", default="")
    options = parser.parse_args()
    with stage(production_clocks=True) as (_, sandbox):
        import django

        django.setup()
        from django.conf import settings
        from django.core.management import call_command

        settings.ALLOWED_HOSTS.append("testserver")
        settings.DEBUG = False  # keeps no list of queries
        call_command("migrate", verbosity=0)
        from tests import contents
        from tests.bench import pages, publishing
        from tests.faults import cast

        if options.what != "pages":
            for slug in [options.platform] if options.platform else list(contents.TASTES):
                print(json.dumps(publishing.measure(slug, cast.connect(sandbox, slug), sandbox)), flush=True)
        if options.what != "publish":
            for line in pages.measure(cast.connect(sandbox)):
                print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
