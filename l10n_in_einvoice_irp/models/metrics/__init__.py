from . import document
from . import ewaybill
from . import tally
from . import res_config_settings
