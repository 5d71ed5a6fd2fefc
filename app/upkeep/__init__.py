"""运行维护: what keeps an installation alive: backup, restore, the check of the whole database, health, logs, bundle.

Run by somebody who is no database administrator: one file holds everything, one command brings it back, and
whatever stands in the way is told with what to do. Nothing here is a business record but the log of who asked.
"""
