"""What `make bench` runs: a county of a million hazards, and how long its people wait."""
