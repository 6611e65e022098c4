"""Measurements, as JSON lines: each figure beside a comparison from the same run on the same machine.

`python -m tests.bench publish` and `python -m tests.bench pages`; `make bench` runs both.
"""
