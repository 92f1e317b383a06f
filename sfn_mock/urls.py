"""The URLs of Step Functions, for moto."""

from __future__ import annotations

from sfn_mock.responses import SFNResponse

# StartSyncExecution and TestState have their own host.
url_bases = [r"https?://(?:sync-)?states\.(.+)\.amazonaws.com"]

url_paths = {"{0}/$": SFNResponse.dispatch}
