"""Seeding: seed documents, and listings that AWS printed."""
