"""The partitions of AWS, such as ``aws`` and ``aws-cn``."""

from __future__ import annotations

import re
from functools import cache

from botocore.loaders import create_loader


@cache
def partition_of(region: str) -> str:
    """Return the partition of a region, as ARNs name it; ``aws`` if botocore does not know the region."""
    partitions = create_loader().load_data("partitions")["partitions"]
    return next((str(each["id"]) for each in partitions if re.match(each["regionRegex"], region)), "aws")
