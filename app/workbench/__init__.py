"""The workbench (首页): what is mine to do, by when. Numbers come after."""
