"""Errors that type checkers report: mypy strict and this setting refuse an ignore comment without an error."""
# pyright: reportUnnecessaryTypeIgnoreComment=true, reportUnnecessaryComparison=true

from __future__ import annotations

from sfn_mock import Execution, MapRun, StateMachine, StepFunctionsMock, mock_sfn_executions


def misspelt_statuses(orders: StateMachine, run: Execution, batch: MapRun) -> None:
    orders.add_execution(status="FALED")  # type: ignore[arg-type]  # misspelt
    orders.add_executions(3, status="SUCCEDED")  # type: ignore[arg-type]  # misspelt
    orders.on_start(status="TIMEDOUT")  # type: ignore[arg-type]  # misspelt
    orders.on_start("FALED")  # type: ignore[arg-type]  # misspelt
    orders.on_redrive(status="ABORTD")  # type: ignore[arg-type]  # misspelt
    run.add_map_run("Items", status="FALED")  # type: ignore[arg-type]  # misspelt
    batch.add_execution(status="PENDING")  # type: ignore[arg-type]  # no status of AWS's
    if run.status == "FALED":  # type: ignore[comparison-overlap]  # misspelt
        print(run)


def other_literals(sfn: StepFunctionsMock) -> None:
    sfn.add_state_machine("orders", type="STANDART")  # type: ignore[arg-type]  # misspelt
    mock_sfn_executions(transport="http")  # type: ignore[call-overload]  # a transport that is not there
