"""Publishing: how approved content becomes exactly one campaign at the platform, whatever breaks on the way.

plan.py writes what is to be done, ledger.py owns claims and intents, sending.py makes calls, lookup.py finds out what
an unanswered call did, runner.py leads a run, ending.py closes it with the truth, sweeper.py rings for what is due.
"""
