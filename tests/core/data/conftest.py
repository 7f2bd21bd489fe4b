"""Makes the modules beside this file importable: `plain`, `random_values`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
