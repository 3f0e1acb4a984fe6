from . import error_code
