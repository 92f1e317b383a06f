"""Run the tests of modules on mutants of these modules, and print the mutants that survive.

cosmic-ray makes the mutants. The tests are collected once. Each mutant is tried in a forked process that gives the
functions in memory the changed code, and runs the tests that reach the changed line, the quickest first: most mutants
take a tenth of a second. A change outside of functions takes some seconds, as the package is imported anew. Run it as
`python tests/mutation/try_mutants.py`, with modules or folders of the package, or for all of TESTS.
"""

from __future__ import annotations

import argparse
import ast
import copy
import functools
import gc
import importlib
import importlib.machinery
import importlib.util
import inspect
import itertools
import os
import pickle
import resource
import signal
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, NamedTuple

import coverage
import hypothesis
import pytest
from cosmic_ray.ast import ast_nodes, get_ast_from_path
from cosmic_ray.plugins import get_operator, operator_names

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "sfn_mock"
_OF_SEEDS = [
    *("seeding/test_seeding.py", "seeding/test_refused_seeds.py", "seeding/test_seed_forms.py"),
    *("seeding/test_seed_limits.py", "state/test_time_limits.py", "state/test_interrupted_lines.py"),
    *("operations/test_map_runs.py", "operations/test_retention.py", "operations/test_failed_in.py"),
    *("moto_integration/test_status_events.py", "state/test_fixed_dates.py"),
]
_OF_RUNS = ["state/test_nested_runs.py", "state/test_other_ways.py", "state/test_runs.py"]
#: Modules and folders of the package, with the tests that concern them. Tests of a module that many tests reach are
#: listed for that module, so that others do not use up its time.
TESTS = {
    "aws/page_tokens.py": ["operations/test_page_tokens.py", "operations/test_pages.py"],
    "aws/arns.py": ["aws", "operations/test_tags.py", "operations/test_versions.py", "operations/test_map_runs.py"],
    "aws/constraints.py": ["operations/test_constraints.py", "operations/test_errors.py"],
    "state/execution_index.py": ["state/test_execution_index.py"],
    "state/time_lines.py": ["state/test_time_lines.py"],
    "state/assignments.py": ["moto_integration/test_behind_moto.py", "state/test_planned_ends.py"],
    "state/bulk_seeds.py": _OF_SEEDS,
    "state/executions.py": _OF_SEEDS,
    "state/child_runs.py": _OF_RUNS,
    "state/execution_runs.py": _OF_RUNS,
    "state/run_environments.py": _OF_RUNS,
    "state/run_tasks.py": _OF_RUNS,
    "state/runs.py": _OF_RUNS,
    "state/jobs.py": ["state/test_cancelled_jobs.py", "state/test_nested_runs.py", "state/test_polled_jobs.py"],
    "state/records.py": [
        *("instruments/test_elsewhere.py", "operations/test_aliases.py", "operations/test_executions.py"),
        *("operations/test_activities.py", "operations/test_listing.py", "operations/test_map_runs.py"),
        *("operations/test_state_machines.py", "operations/test_tasks.py", "operations/test_versions.py"),
        *("seeding/test_seeding.py", "state/test_life_cycle.py", "state/test_other_ways.py"),
        *("state/test_planned_ends.py", "state/test_savepoints.py", "state/test_time_limits.py"),
    ],
    "state/run_schedule.py": [
        *("state/test_due_runs.py", "state/test_interrupted_runs.py", "state/test_nested_runs.py"),
        *("state/test_nesting.py", "state/test_polled_jobs.py", "state/test_tasks_that_call_back.py"),
    ],
    "state/state_machines.py": [
        *("operations/test_aliases.py", "operations/test_versions.py", "operations/test_state_machines.py"),
        *("seeding/test_seeding.py", "seeding/test_refused_seeds.py", "seeding/test_seed_limits.py"),
        "state/test_time_limits.py",
    ],
    "state/store.py": [
        *("moto_integration/test_status_events.py", "operations/test_state_machines.py", "seeding/test_seeding.py"),
        *("state/test_interrupted_runs.py", "state/test_interrupts.py", "state/test_savepoints.py"),
        *("state/test_tasks_that_call_back.py", "state/test_threads.py", "state/test_undo_log.py"),
    ],
    "state/undo_log.py": ["state/test_interrupted_runs.py", "state/test_interrupts.py", "state/test_undo_log.py"],
    "state/waiting.py": ["state/test_progress.py"],
    "state": [
        *("operations", "seeding", "state"),
        *("moto_integration/test_behind_moto.py", "moto_integration/test_status_events.py"),
    ],
    "seeding": ["seeding", "operations/test_retention.py", "state/test_time_limits.py", "state/test_life_cycle.py"],
    "asl/map_runs.py": ["asl/test_asl_known_map_runs.py", "asl/test_asl_maps.py", "operations/test_map_runs.py"],
    "asl/single_state.py": ["operations/test_state_tests.py", "operations/test_state_tests_of_a_workflow.py"],
    "asl/sizes.py": ["asl/test_asl_sizes.py"],
    "asl/run.py": [
        *("asl/test_asl_runs.py", "asl/test_asl_tasks.py", "state/test_due_runs.py", "state/test_interrupted_runs.py"),
        *("state/test_life_cycle.py", "state/test_other_ways.py", "state/test_runs.py", "state/test_savepoints.py"),
        *("state/test_tasks_that_call_back.py", "state/test_undo_log.py"),
    ],
    "asl/backtracking.py": ["asl/test_asl_path_regexes.py", "asl/test_asl_expressions_regexes.py"],
    "asl/jsonata": [
        *("asl/test_asl_expressions.py", "asl/test_asl_expression_forms.py", "asl/test_asl_expressions_arguments.py"),
        *("asl/test_asl_expressions_functions.py", "asl/test_asl_expressions_operators.py"),
        *("asl/test_asl_expressions_regexes.py", "asl/test_asl_jsonata_library.py", "asl/test_asl_out_of_range.py"),
        *("asl/test_asl_variable_references.py", "asl/test_asl_wrong_values.py"),
    ],
    "asl": ["asl"],
}
#: The operators of cosmic-ray to use; the mutants of the others repeat these.
_COMPARISONS = [
    *("Eq_NotEq", "NotEq_Eq", "Lt_LtE", "Lt_Gt", "LtE_Lt", "Gt_GtE", "Gt_Lt", "GtE_Gt", "Is_IsNot", "IsNot_Is"),
]
_BINARY = ["Add_Sub", "Sub_Add", "Mul_FloorDiv", "FloorDiv_Mul", "Div_Mul", "Mod_Add", "BitAnd_BitXor"]
_OTHERS = [
    *("AddNot", "NumberReplacer", "ReplaceAndWithOr", "ReplaceOrWithAnd", "ReplaceTrueWithFalse"),
    *("ReplaceFalseWithTrue", "ReplaceBreakWithContinue", "ReplaceContinueWithBreak", "ZeroIterationForLoop"),
    "ReplaceUnaryOperator_Delete_Not",
]
OPERATORS = [
    f"core/{name}"
    for name in [
        *(f"ReplaceComparisonOperator_{change}" for change in _COMPARISONS),
        *(f"ReplaceBinaryOperator_{change}" for change in _BINARY),
        *_OTHERS,
    ]
    if f"core/{name}" in set(operator_names())
]
#: Libraries of the tests, imported once here and not again for each mutant.
LIBRARIES = [
    *("boto3", "freezegun", "hypothesis.stateful", "jsonata", "jsonschema", "moto", "moto.server"),
    *("moto.stepfunctions.models", "requests", "time_machine", "yaml"),
]
#: Seconds of processor time that a test may take beyond twenty times its usual time, and its total limit. A test
#: above either counts as endless, which finds the mutant.
_HANGS = 3
_WAITS = 300
#: The total usual time of the tests that one mutant is tried with, in seconds; further tests are left out.
_ENOUGH = 10
_MEMORY = 6 * 2**30


class Mutant(NamedTuple):
    """One change of a module."""

    module: Path
    operator: str
    line: int
    source: str

    def __str__(self) -> str:
        before = self.module.read_text().splitlines()[self.line - 1].strip()
        after = self.source.splitlines()[self.line - 1].strip()
        return f"{self.module.relative_to(PACKAGE)}:{self.line} {self.operator}\n  - {before}\n  + {after}"


def mutants(path: Path) -> Iterator[Mutant]:
    """Return the mutants of a module, without duplicates."""
    tree = get_ast_from_path(path)
    seen = {tree.get_code()}
    nodes = list(ast_nodes(tree))
    for name in OPERATORS:
        operator = get_operator(name)()
        for node in nodes:
            for index, (start, _) in enumerate(operator.mutation_positions(node)):
                source = _changed(tree, node, functools.partial(operator.mutate, index=index))
                if source not in seen and _is_worth_trying(source):
                    seen.add(source)
                    mutant = Mutant(path, name.partition("/")[2], start[0], source)
                    # `1e+21` in place of `1e21` changes nothing.
                    if changes(mutant) != []:
                        yield mutant


def _changed(tree: Any, node: Any, change: Callable[[Any], Any]) -> str:
    """Return the text of a tree with one node changed; the tree itself stays as it is."""
    siblings = node.parent.children
    changed = change(copy.deepcopy(node, {id(node.parent): node.parent}))
    node.parent.children = [one for one in (changed if each is node else each for each in siblings) if one is not None]
    try:
        return str(tree.get_code())
    finally:
        node.parent.children = siblings


def _is_worth_trying(source: str) -> bool:
    """Return whether a mutant compiles, and changes more than what mypy checks.

    Without its star, a parameter list may not compile; nothing may assign to an attribute of a frozen dataclass.
    """
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return "not TYPE_CHECKING" not in source and "frozen=False" not in source


# --- The changed code --------------------------------------------------------------------------------------------


@functools.cache
def _compiled(path: Path) -> CodeType:
    return compile(path.read_text(), str(path), "exec", dont_inherit=True)


def _parts(code: CodeType) -> tuple[CodeType, list[CodeType]]:
    """Return a code without its inner functions and classes, and these."""
    inner = [
        constant
        for constant in code.co_consts
        # comprehensions run with the code around them
        if isinstance(constant, CodeType) and (constant.co_name == "<lambda>" or constant.co_name[0] != "<")
    ]
    rest = tuple(None if constant in inner else constant for constant in code.co_consts)
    # without columns, because a longer function ends further to the right
    return code.replace(co_consts=rest, co_linetable=b""), inner


def changed_functions(before: CodeType, after: CodeType) -> list[tuple[CodeType, CodeType]] | None:
    """Return the functions that differ, before and after; None if code outside of functions differs.

    A function inside another one may have been made already, so both are returned.
    """
    if before == after:
        return []
    (own_before, inner_before), (own_after, inner_after) = _parts(before), _parts(after)
    if before.co_flags & inspect.CO_OPTIMIZED:
        inner = (changed_functions(*pair) for pair in zip(inner_before, inner_after, strict=False))
        changed = [pair for pairs in inner for pair in pairs or ()]
        return [(before, after), *changed] if changed or own_before != own_after else []
    if own_before != own_after or len(inner_before) != len(inner_after):
        return None
    found = [changed_functions(*pair) for pair in zip(inner_before, inner_after, strict=True)]
    return None if None in found else [pair for pairs in found if pairs for pair in pairs]


def changes(mutant: Mutant) -> list[tuple[CodeType, CodeType]] | None:
    """Return the functions that a mutant changes; None if it changes code outside of functions."""
    return changed_functions(_compiled(mutant.module), compile(mutant.source, str(mutant.module), "exec"))


class _MutatedLoader(importlib.machinery.SourceFileLoader):
    """Loads a module from a changed text."""

    def __init__(self, name: str, path: str, source: str) -> None:
        super().__init__(name, path)
        self._source = source

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._source, self.path, "exec", dont_inherit=True)


class _Finder:
    """Finds the mutant instead of the module."""

    def __init__(self, mutant: Mutant) -> None:
        self._name = ".".join(mutant.module.relative_to(ROOT).with_suffix("").parts)
        self._loader = _MutatedLoader(self._name, str(mutant.module), mutant.source)

    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        if name != self._name:
            return None
        return importlib.util.spec_from_file_location(name, self._loader.path, loader=self._loader)


# --- The tests ---------------------------------------------------------------------------------------------------


class Reach(NamedTuple):
    """The tests that run each line of a module, and their times, in the order of collection."""

    lines: Mapping[str, Mapping[int, Sequence[str]]]
    seconds: Mapping[str, float]

    def tests(self, module: Path, line: int | None) -> list[str]:
        """Return the tests that run the statement of a line, or any line of the module for code that runs at import.

        The test files alternate, each with its quickest tests first; tests beyond the time limit are left out. If no
        test runs a line of the module, these are all tests.
        """
        tests = self.lines[str(module)]
        lines = tests if line is None else _statement(module, line)
        reached = {test for one in lines for test in tests.get(one, ())}
        if line is None and not reached:
            reached = set(self.seconds)
        found = sorted(reached, key=lambda test: self.seconds[test])
        before: dict[str, float] = defaultdict(float)
        until = {}
        for test in found:
            file = test.partition("::")[0]
            until[test] = before[file] = before[file] + self.seconds[test]
        ordered = sorted(found, key=lambda test: until[test])
        totals = itertools.accumulate(self.seconds[test] for test in ordered)
        return [test for test, total in zip(ordered, totals, strict=True) if total < _ENOUGH]


def _statement(module: Path, line: int) -> range:
    """Return the lines of the statement that contains a line; only the head of a statement with a body."""
    around = [
        node
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or 0)
    ]
    statement = max(around, key=lambda node: node.lineno)
    body = getattr(statement, "body", None)
    last = body[0].lineno - 1 if body else statement.end_lineno or 0
    return range(statement.lineno, max(last, line) + 1)


def _run(session: pytest.Session, tests: Sequence[str], reach: Reach) -> int:
    """Run tests until one fails; an endless one ends the process."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    items = {item.nodeid: item for item in session.items}
    chosen = [items[test] for test in tests]
    for item, following in zip(chosen, [*chosen[1:], None], strict=True):
        signal.setitimer(signal.ITIMER_VIRTUAL, _HANGS + 20 * reach.seconds[item.nodeid])
        signal.alarm(_WAITS)
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.testsfailed:
            return 1
    return 0


class _Measure:
    """A plugin that runs all tests, and records the lines that each reaches."""

    def __init__(self, modules: Sequence[Path], written: Path) -> None:
        self._modules = [str(module) for module in modules]
        self._written = written

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        measured = coverage.Coverage(data_file=None, config_file=False, include=self._modules)
        measured.start()
        seconds = {}
        for item, following in zip(session.items, [*session.items[1:], None], strict=True):
            measured.switch_context(item.nodeid)
            before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            seconds[item.nodeid] = resource.getrusage(resource.RUSAGE_SELF).ru_utime - before
        measured.stop()
        data = measured.get_data()
        lines = {module: data.contexts_by_lineno(module) for module in self._modules}
        self._written.write_bytes(pickle.dumps(Reach(lines, seconds)))
        return True


class _TryFunctions:
    """A plugin that tries mutants of functions, each in a fork of the process that has collected the tests."""

    def __init__(self, made: Sequence[Mutant], reach: Reach, report: Report) -> None:
        self._made = made
        self._reach = reach
        self._report = report

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        functions: dict[tuple[str, str, int], list[FunctionType]] = {}
        # tests/conftest.py freezes what was imported, and the collector does not return frozen objects
        gc.unfreeze()
        for function in gc.get_objects():
            if isinstance(function, FunctionType):
                functions.setdefault(_key(function.__code__), []).append(function)
        # so that garbage collection in a forked process copies no memory
        gc.freeze()
        for mutant in self._made:
            self._report.tried(mutant, _exit_code(functools.partial(self._try, session, functions, mutant)))
        return True

    def _try(
        self, session: pytest.Session, functions: Mapping[tuple[str, str, int], list[FunctionType]], mutant: Mutant
    ) -> int:
        for before, after in changes(mutant) or ():
            for function in functions.get(_key(before), ()):
                function.__code__ = after
        return _run(session, self._reach.tests(mutant.module, mutant.line), self._reach)


def _key(code: CodeType) -> tuple[str, str, int]:
    return code.co_filename, code.co_name, code.co_firstlineno


class _TryModule:
    """A plugin that runs the tests of a mutant that changes code outside of functions."""

    def __init__(self, module: Path, reach: Reach) -> None:
        self._module = module
        self._reach = reach

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        _run(session, self._reach.tests(self._module, None), self._reach)
        return True


def _exit_code(work: Callable[[], int]) -> int:
    """Run a function in a forked process, and return its exit code; it is not 0 if a signal ended the process."""
    child = os.fork()
    if not child:
        os._exit(work())
    return os.waitpid(child, 0)[1]


def _pytest(plugin: object, tests: Sequence[str], *, mutant: Mutant | None = None, output: str = os.devnull) -> int:
    """Run pytest in this process, with its output in a file."""
    opened = os.open(output, os.O_WRONLY | os.O_CREAT)
    os.dup2(opened, 1)
    os.dup2(opened, 2)
    if mutant is not None:
        sys.meta_path.insert(0, _Finder(mutant))
    # Some of the libraries are plugins, and pytest warns that they are already imported. It would also load the
    # package, which is a plugin, in its own way, to rewrite what it asserts.
    options = [
        "-q",
        "--assert=plain",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:randomly",
        "-W",
        "ignore::pytest.PytestWarning",
    ]
    return int(pytest.main([*options, *(str(ROOT / "tests" / test) for test in tests)], plugins=[plugin]))


class Report:
    """Prints the mutants that survive, also from a forked process and while tests redirect output."""

    def __init__(self, made: Sequence[Mutant], survivors: Path) -> None:
        self._made = made
        self._survivors = survivors
        survivors.touch()
        self._out, self._progress = os.fdopen(os.dup(1), "w"), os.fdopen(os.dup(2), "w")

    def tried(self, mutant: Mutant, exit_code: int) -> None:
        """Note the exit code of a mutant's tests."""
        # It takes long, so it shows its progress.
        print(f"{self._made.index(mutant) + 1} of {len(self._made)}", file=self._progress, flush=True)
        if not exit_code:
            print(mutant, file=self._out, flush=True)
            with self._survivors.open("a") as file:
                print(mutant.module, file=file)

    def print_table(self) -> int:
        """Print the rows of the table in docs/mutation.md, and return the number of surviving mutants."""
        survivors = self._survivors.read_text().splitlines()
        for module, total in Counter(str(mutant.module.relative_to(PACKAGE)) for mutant in self._made).items():
            print(f"| `{module}` | {total} | {survivors.count(str(PACKAGE / module))} |")
        return len(survivors)


def try_mutants(made: Sequence[Mutant], tests: Sequence[str], folder: Path) -> int:
    """Run tests on mutants, print the mutants that survive, and return their number."""
    written, output = folder / "reach", folder / "output"
    modules = sorted({mutant.module for mutant in made})
    if _exit_code(lambda: _pytest(_Measure(modules, written), tests, output=str(output))):
        raise SystemExit(f"{output.read_text()}\nthe tests fail without a mutant: {' '.join(tests)}")
    reach: Reach = pickle.loads(written.read_bytes())
    report = Report(made, folder / "survivors")
    of_functions = [mutant for mutant in made if changes(mutant) is not None]
    _exit_code(lambda: _pytest(_TryFunctions(of_functions, reach, report), tests))
    for mutant in made:
        if mutant not in of_functions:
            files = {test.partition("::")[0] for test in reach.tests(mutant.module, None)}
            chosen = sorted(str(Path(file).relative_to("tests")) for file in files)
            work = functools.partial(_pytest, _TryModule(mutant.module, reach), chosen, mutant=mutant)
            report.tried(mutant, _exit_code(work))
    return report.print_table()


def tests_of(module: Path) -> tuple[str, ...]:
    """Return the tests that concern a module: those of its own entry in TESTS, or of its innermost folder with one."""
    relative = module.relative_to(PACKAGE)
    names = (str(path) for path in (relative, *relative.parents))
    return tuple(next(TESTS[name] for name in names if name in TESTS))


def main(arguments: Sequence[str]) -> int:
    """Try the mutants of the given modules, or of all, and return the number of surviving ones."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", default=list(TESTS), metavar="MODULE", help=", ".join(TESTS))
    parser.add_argument("--every", type=int, default=1, metavar="N", help="try one of N mutants")
    parser.add_argument("--functions", action="store_true", help="leave out changes outside of functions: seconds each")
    chosen = parser.parse_args(arguments)
    os.environ.update(SFN_MOCK_SHRINK="0", SFN_MOCK_STEPS="300")
    # The package beside this script, not one that is installed.
    sys.path.insert(0, str(ROOT))
    for library in LIBRARIES:
        importlib.import_module(library)
    # Hypothesis need not shrink or store failures.
    phases = [hypothesis.Phase.explicit, hypothesis.Phase.generate]
    hypothesis.settings.register_profile("mutants", database=None, derandomize=True, phases=phases)
    hypothesis.settings.load_profile("mutants")
    # Modules with the same tests share a measurement.
    groups: dict[tuple[str, ...], dict[Path, None]] = {}
    for name in chosen.modules:
        path = PACKAGE / name
        if not path.exists():
            parser.error(f"sfn_mock must have a module or folder {name}")
        for module in [path] if path.is_file() else sorted(path.rglob("*.py")):
            groups.setdefault(tests_of(module), {})[module] = None
    survivors = 0
    for group, paths in groups.items():
        found = (mutant for module in paths for mutant in mutants(module))
        made = [mutant for mutant in found if not chosen.functions or changes(mutant) is not None]
        with tempfile.TemporaryDirectory() as folder:
            survivors += try_mutants(made[:: chosen.every], group, Path(folder))
    return survivors


if __name__ == "__main__":
    sys.exit(min(main(sys.argv[1:]), 100))
