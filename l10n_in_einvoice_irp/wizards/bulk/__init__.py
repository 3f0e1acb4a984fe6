from . import bulk
from . import bulk_line
from . import faults
from . import printing
from . import registration
from . import cancellation
from . import fetching
from . import buttons
