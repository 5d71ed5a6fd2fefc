"""The screens of units, people and settings (系统管理与单位名录).

Units and their successors, enterprises, people and posts, dictionaries, working days, office settings; the
directory's look-up for every form; the change of hats. Rows live in `app.organization`, which is below the
access rooms; what writes them stands here, in operations that leave an entry in the history.
"""
from app.administration.calendar_views import Calendar
from app.administration.delegation_views import Delegations
from app.administration.enterprise_ledger.ledger import EnterpriseImports
from app.administration.enterprise_views import Enterprises
from app.administration.hats import Hats
from app.administration.lookup import Directory
from app.administration.office_views import Dictionaries
from app.administration.people_ledger.ledger import PeopleImports
from app.administration.people_views import People
from app.administration.settings_views import Settings
from app.administration.unit_ledger.ledger import UnitImports
from app.administration.unit_views import Units

VIEWS = (Directory, Hats, Delegations, Units, UnitImports, Enterprises, EnterpriseImports, People, PeopleImports,
         Dictionaries, Calendar, Settings)
