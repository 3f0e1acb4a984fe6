from . import repair_line
from . import repair
from . import buttons
