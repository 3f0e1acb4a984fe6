from . import guide
from . import guide_steps
from . import res_config_settings
