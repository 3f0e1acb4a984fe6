from . import ewaybill
