"""Instruments of a mock: faults, record of calls, guard, paging check, task mocks, coverage, replay, report."""
