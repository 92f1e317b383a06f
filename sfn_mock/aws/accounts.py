"""The account that all is in unless a test says otherwise; moto's default too."""

from __future__ import annotations

DEFAULT_ACCOUNT_ID = "123456789012"
