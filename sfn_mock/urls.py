"""The URLs behind which moto finds Step Functions."""

from __future__ import annotations

from sfn_mock.responses import SFNResponse

# StartSyncExecution and TestState go to a host of their own.
url_bases = [r"https?://(?:sync-)?states\.(.+)\.amazonaws.com"]

url_paths = {"{0}/$": SFNResponse.dispatch}
