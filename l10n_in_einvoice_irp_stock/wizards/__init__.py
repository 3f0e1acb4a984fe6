from . import match
