"""单位名录 as a sheet: townships, departments, justice organs; their short and old names, industries and switches."""
