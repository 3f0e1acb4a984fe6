from . import repair_line
from . import repair
from . import repair_rows
from . import buttons
