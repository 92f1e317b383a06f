"""``python -m sfn_mock``: the command ``sfn-mock-server``, for environments whose scripts are not on the PATH."""

import sys

from sfn_mock.http_server.command import main

sys.exit(main())
