from . import test_provider
from . import test_take_over
from . import test_guide
