from . import applicability
from . import applicability_sql
from . import bounds
from . import account_move
from . import deadline
from . import backlog
from . import document
from . import live
