"""The fault suite: real workers under a real supervisor, the sandbox over real HTTP, and everything that can break.

`python -m tests.faults` runs it on SQLite, and under `python -m tests.postgres` on PostgreSQL.
"""
