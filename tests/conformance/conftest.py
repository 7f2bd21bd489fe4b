"""Makes the modules beside this file importable: `gltf_oracle`, `synthetic`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
