from . import groups
from . import checks
from . import rights
from . import trip_sheet
from . import numbers
from . import printed
