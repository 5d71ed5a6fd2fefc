"""What `make bench` runs: the product beside what an office would pick instead, on a million hazards, in one run.

`make bench ARGS="--hazards 20000 --kinds sqlite --only list,filter"` is the short way.
"""
