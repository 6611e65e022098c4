"""Runs the fault suite and prints what it showed: `python -m tests.faults [--short] [--only WORDS]`."""

from __future__ import annotations

import argparse
import sys
import time

from tests.faults.stage import Serve, stage


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--short", action="store_true", help="a cross-section, for make test")
    parser.add_argument("--only", default="", help="only scenarios whose name has these words")
    parser.add_argument("--soak", type=int, default=0, metavar="N", help="publish N campaigns under random faults")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--promised", action="store_true", help="only deaths, with the product's own clocks")
    options = parser.parse_args()
    started = time.monotonic()
    with stage(production_clocks=options.promised) as (folder, sandbox):
        import django

        django.setup()
        from django.conf import settings
        from django.core.management import call_command

        settings.PUBLISH_DEADLINE_FACTOR = 1.0  # what is checked here must not fail for a slow machine
        call_command("migrate", verbosity=0)
        from tests.faults.play import Play

        serve = Serve(folder)
        play = Play(folder, sandbox, serve)
        try:
            if options.promised:
                play.promised()
            elif options.soak:
                play.soak(options.soak, options.seed)
            else:
                play.all(short=options.short, only=options.only)
        finally:
            play.serve.stop()
        return play.report(time.monotonic() - started)


if __name__ == "__main__":
    sys.exit(main())
