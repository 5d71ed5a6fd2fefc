"""人员名册 as a sheet: accounts with their posts; new ones get a one-time password each, told on a printable slip."""
