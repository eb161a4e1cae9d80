"""A SLIM node of the release that PYTHONPATH names: `node.py CONFIG`, the configuration being that of the `slim` program."""

import signal
import sys

import slim_bindings

slim_bindings.initialize_from_config_with_error(sys.argv[1])
print(slim_bindings.get_version(), flush=True)
signal.pause()
