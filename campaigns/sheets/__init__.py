"""Campaigns as CSV, one row for each ad: out, and in again as drafts. The format: docs/csv.md."""
