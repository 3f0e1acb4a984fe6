from . import change
from . import fetch
from . import buttons
from . import vehicles
from . import trip_sheet
from . import number
