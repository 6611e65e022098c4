"""What content must be like, part by part. Pure: no clock, no network, no database. campaigns/rules.py joins it.

What a platform decides is asked of its Capabilities, so nothing here knows a platform.
"""
