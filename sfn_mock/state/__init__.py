"""The stored state: clock, time lines, records, sorted executions, histories."""
