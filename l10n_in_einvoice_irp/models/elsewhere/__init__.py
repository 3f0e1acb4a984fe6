from . import ewaybill
from . import matching
from . import quota
from . import fetching
from . import checks
from . import daily
from . import account_move
from . import res_config_settings
