"""The plumbing every test stands on; factories live beside what they make."""

from hypothesis import settings

# A busy machine is not a fault, and nothing is written beside the tests.
settings.register_profile("house", deadline=None, database=None)
settings.load_profile("house")

pytest_plugins = [
    "tests.support.network",
    "tests.support.databases",
    "tests.support.application",
    "tests.support.factories",
    "tests.support.submission_factories",
    "tests.support.statements",
    "tests.support.browser",
    "tests.support.clauses",
    "tests.support.nothing_skipped",
]
