from . import countdown
from . import activities
from . import registration
from . import digest
from . import res_config_settings
