"""角色与权限: who may open what and do what, as data: the same for the screen, the workbook and the README."""
