"""Units and people (单位与人员).

One tree of units: province, city, county, and in the county its office (县安委办), townships, departments,
justice organs and enterprises. Persons hold posts (organization, role, from–to); the post they act with is
the hat they wear. Units are deactivated or merged into a successor, never deleted.
"""
