"""The tasks of a run: their tokens, the jobs that they wait for, and the workers that start them."""

from __future__ import annotations

import json
from collections.abc import Hashable

from sfn_mock.asl.errors import StoppedError
from sfn_mock.asl.host import Pending, Succeeded, TaskAnswer, TaskCall
from sfn_mock.state.execution_runs import ExecutionRun
from sfn_mock.state.jobs import Jobs
from sfn_mock.state.records import Activity
from sfn_mock.state.run_environments import RunEnvironment


class RunTasks:
    """The tasks of the run of one execution, without those of its child executions."""

    def __init__(self, own: ExecutionRun, environment: RunEnvironment) -> None:
        self._own = own
        self._environment = environment
        #: The tokens of all tasks so far, in order.
        self._tokens: dict[str, None] = {}
        #: The activities of all tasks that have one, by token.
        self._activities: dict[str, Activity] = {}
        #: The inputs of tasks that no worker has started, by token.
        self._waiting_for_worker: dict[str, str] = {}
        self._jobs = Jobs(own.execution.owner.records, own.run.has_task)

    def start(self, call: TaskCall) -> TaskAnswer:
        """Run a task; a task of an activity waits for GetActivityTask."""
        own, execution, environment = self._own, self._own.execution, self._environment
        self._tokens[call.token] = None
        before = own.closed_attempt
        answer, job = environment.call(execution.owner.records, lambda: environment.start_task(execution, call))
        self._jobs.add(call.token, job)
        closed = own.closed_attempt
        if closed is not None and closed != before:
            # The task has stopped the execution, so the run stops in this state, whatever the answer.
            if closed.stop == call.moment:
                ending = closed.ending
                raise StoppedError(ending.status, ending.output, ending.error, ending.cause)
            # A stop at a later moment to which the run is advancing comes after all that is due before.
            if closed.stop not in range(call.moment, own.root.target + 1):
                return Pending()
        if isinstance(answer, Pending) and answer.start is None:
            activity = execution.owner.records.find_activity(call.resource.arn)
            # A replay needs no activities.
            if activity is not None:
                self._activities[call.token] = activity
                self._waiting_for_worker[call.token] = json.dumps(call.parameters, separators=(",", ":"))
        if job is not None:
            if job.nested is not None:
                own.schedule.wait_for(job.nested, own.root.execution, own.wake_in_parents)
            if call.moment < own.root.target:
                # The job may have started in the past and ended meanwhile.
                self._jobs.poll(call.token, own.root.target)
        return answer

    def abandon(self, token: str, moment: int) -> None:
        """Stop the job that an aborted task waits for, such as a nested execution."""
        self._own.save()
        self._jobs.abandon(token, moment)

    # --- Jobs --------------------------------------------------------------------------------------------------------

    @property
    def need_polling(self) -> bool:
        """Whether a task waits for a job that must be polled."""
        return self._jobs.need_polling

    def poll_jobs(self) -> None:
        """Poll the jobs."""
        if not self._jobs.need_polling:
            return
        self._own.wake_in_parents()
        self._jobs.poll_all(self._own.root.target)

    def next_stop(self) -> int | None:
        """Return the earliest known stop of the jobs, None if none is known."""
        return self._jobs.next_stop()

    def end_jobs(self, moment: int) -> None:
        """Answer the tasks whose jobs have stopped by a moment."""
        run = self._own.run
        for token, end, stop in self._jobs.stopped(moment):
            self._own.save()
            # If the clock went back, the run repeats what it did before, perhaps with this end.
            run.advance_to(stop)
            if not run.has_task(token):
                continue
            if isinstance(end, Succeeded):
                run.complete_task(token, end.result, stop)
            else:
                run.fail_task(token, end.error, end.cause, stop)

    def follow_nested(self, nested: Hashable, moment: int) -> None:
        """Move the run back to a change of a nested execution, if the task that waited for it ended later."""
        if moment < self._own.advanced_to and self._jobs.has_ended(nested):
            self._own.rewind(moment)

    # --- Answers from outside ----------------------------------------------------------------------------------------

    def open_tokens(self) -> list[str]:
        """Return the tokens of the tasks that wait for an answer from outside."""
        return [token for token in self._tokens if self._own.run.has_task(token) and token not in self._jobs]

    def find(self, token: str) -> RunTask | None:
        """Return the task with a token, None if there is none."""
        return RunTask(self._own, token, self._activities.get(token)) if token in self._tokens else None

    def start_by_worker(self, activity: Hashable, moment: int, worker_name: str | None) -> tuple[str, str] | None:
        """Start a waiting task of an activity for a worker; return its token and input, None if there is none."""
        own = self._own
        own.rewind(moment)
        for token, input in list(self._waiting_for_worker.items()):
            if self._activities[token] is activity and own.run.has_task(token):
                own.save()
                own.undo.save_item(self._waiting_for_worker, token)
                del self._waiting_for_worker[token]
                own.run.start_task(token, moment, worker_name)
                return token, input
        return None


class RunTask:
    """A task of a run that can be answered with its token."""

    def __init__(self, own: ExecutionRun, token: str, activity: Activity | None) -> None:
        self._own = own
        self._token = token
        self._activity = activity

    @property
    def deleted_activity_arn(self) -> str | None:
        """The ARN of the task's activity if that was deleted, otherwise None."""
        return None if self._activity is None or self._activity.exists else self._activity.arn

    def is_open_at(self, moment: int) -> bool:
        """Return whether the task waits for its answer at a moment."""
        if not self._own.root.execution.exists:
            return False
        self._own.rewind(moment)
        run = self._own.run
        return run.has_task(self._token) and not run.is_answered(self._token, moment)

    def succeed(self, moment: int, output: str) -> None:
        """Give the task its result, as JSON text."""
        self._own.prepare(moment)
        self._own.run.note_result(self._token, json.loads(output), moment)
        self._own.advance_whole_run(moment)

    def fail(self, moment: int, error: str | None, cause: str | None) -> None:
        """Give the task its error."""
        self._own.prepare(moment)
        self._own.run.note_failure(self._token, error, cause, moment)
        self._own.advance_whole_run(moment)

    def heartbeat(self, moment: int) -> None:
        """Record a heartbeat of the task."""
        self._own.prepare(moment)
        self._own.run.heartbeat(self._token, moment)
