"""What exists, and how it stands at a moment: clock, time lines, records, kept order, history."""
