from . import ewaybill
from . import trip_sheets
