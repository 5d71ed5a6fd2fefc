"""Who may do what, and which rows exist for whom (权限与数据范围).

``permissions`` is the one catalogue, ``roles`` the role table as data, ``scope`` decides in one place
below the views which rows exist, ``security`` is the framework's security manager with its traps closed,
``views`` holds the base views.
"""
