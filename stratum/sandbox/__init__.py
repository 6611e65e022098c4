"""The sandbox: plays the ad platforms over HTTP, so that nobody needs their credentials to try the product.

It is a Django project of its own and shares no code with the product that is tried against it: what both got wrong
alike would go unseen.
Start it with `python -m stratum.sandbox`; `control.py` describes the surface that tests drive it by.

A platform is one folder below `platforms/`, one line in `registry.py` and one row in `credentials.py`.
"""
