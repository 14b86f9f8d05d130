"""`make drill`: the three drills, one after the other; ends with 1 if any line is red."""

import sys
import tempfile
from pathlib import Path

from tests.drills.run import run_all

with tempfile.TemporaryDirectory(prefix="goftogu-drill-") as folder:
    sys.exit(0 if run_all(Path(folder)) else 1)
