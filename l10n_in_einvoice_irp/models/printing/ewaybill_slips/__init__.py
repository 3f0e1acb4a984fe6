from . import ewaybill
from . import groups
from . import trip_sheets
