"""The mock of a decorated class from its setup to its teardown, as pytest and unittest call them."""

from __future__ import annotations

SUITE = """
    import unittest

    import pytest
    from sfn_mock import get_mock, mock_sfn_executions

    def seen():
        return [machine.name for machine in get_mock().state_machines]

    @mock_sfn_executions
    class TestWithoutTeardown:
        def setup_class(cls):
            get_mock().add_state_machine("class")

        def test_one(self):
            get_mock().add_state_machine("test")
            assert seen() == ["class", "test"]

        test_two = test_one

    class TestDerived(TestWithoutTeardown):
        def setup_class(cls):
            super().setup_class(cls)
            get_mock().add_state_machine("derived")

        def test_one(self):
            assert seen() == ["class", "derived"]

        test_two = None

    @mock_sfn_executions
    class TestPlainFailing:
        def setup_class(cls):
            raise ZeroDivisionError

        def test_one(self):
            pass

    @mock_sfn_executions
    class TestCaseFailing(unittest.TestCase):
        @classmethod
        def setUpClass(cls):
            cls.addClassCleanup(get_mock)
            raise ZeroDivisionError

        def test_one(self):
            pass

    @mock_sfn_executions
    class TestBaseFailing:
        def setup_method(self):
            raise ZeroDivisionError

        def test_one(self):
            pass

    class TestDerivedFailing(TestBaseFailing):
        def setup_method(self):
            super().setup_method()

    def test_nothing_is_left():
        with pytest.raises(RuntimeError):
            get_mock()
"""


def test_from_setup_to_teardown(pytester):
    """Seeds of a class's setup exist in each test, and a setup that fails leaves no active mock."""
    pytester.makepyfile(SUITE)

    pytester.runpytest("-p", "no:randomly").assert_outcomes(passed=4, errors=4)
