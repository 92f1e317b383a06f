"""Try mutants of modules on the tests that concern them, and print those that survive.

cosmic-ray makes the mutants. Each is tried in a forked process that has all libraries imported already, so that one
takes a second or two. Run it as `python tests/mutation/try_mutants.py`, with the names of modules from the table below
or for all of them.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.machinery
import importlib.util
import os
import resource
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import CodeType
from typing import Any, NamedTuple

import pytest
from cosmic_ray.ast import ast_nodes, get_ast_from_path
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

ROOT = Path(__file__).parents[2]
#: Modules with the tests that concern them, the quickest first.
TESTS = {
    "aws/page_tokens.py": ["operations/test_page_tokens.py", "operations/test_pages.py"],
    "aws/arns.py": [
        *("operations/test_errors.py", "operations/test_names.py", "operations/test_tags.py"),
        "seeding/test_load.py",
    ],
    "state/execution_index.py": [
        *("operations/test_listing.py", "operations/test_retention.py", "operations/test_consistency_lag.py"),
        *("operations/test_walks.py", "state/test_lives.py", "simulation/test_simulation.py"),
    ],
    "state/executions.py": [
        *("state/test_lives.py", "operations/test_executions.py", "operations/test_redrives.py"),
        *("operations/test_retention.py", "operations/test_map_runs.py", "moto_integration/test_behind_moto.py"),
        "state/test_time_limits.py",
    ],
    "aws/constraints.py": ["operations/test_constraints.py", "operations/test_errors.py"],
    "state/seeds.py": [
        *("seeding/test_refused_seeds.py", "seeding/test_seeding.py", "seeding/test_seed_forms.py"),
        "seeding/test_seed_limits.py",
    ],
    "seeding/loading.py": ["seeding/test_load.py", "seeding/test_load_details.py"],
    "asl/path_parser.py": ["asl/test_asl_paths.py", "asl/test_asl_path_regexes.py"],
    "asl/path_nodes.py": ["asl/test_asl_paths.py", "asl/test_asl_path_regexes.py"],
    "asl/scheduler.py": ["asl/test_asl_runs.py", "asl/test_asl_maps.py", "asl/test_asl_tasks.py"],
    "asl/run.py": ["asl/test_asl_runs.py", "state/test_runs.py", "asl/test_asl_tasks.py"],
}
#: Operators whose mutants differ in what they do; cosmic-ray's others give many more of the same.
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
#: What tests import beside the package; imported once here, and by no mutant again.
LIBRARIES = ["boto3", "freezegun", "hypothesis.stateful", "jsonata", "moto", "moto.stepfunctions.models", "requests"]
#: Processor time for the tests of one mutant, in seconds. One that takes longer hangs, and is found out by that.
_LONGEST = 120


class Mutant(NamedTuple):
    """One change of a module."""

    operator: str
    line: int
    source: str


def mutants(path: Path) -> Iterator[Mutant]:
    """Give the mutants of a module, without those that say the same as another."""
    original = path.read_text()
    seen = {original}
    nodes = list(ast_nodes(get_ast_from_path(path)))
    for name in OPERATORS:
        operator = get_operator(name)()
        positions = [position for node in nodes for position in operator.mutation_positions(node)]
        for occurrence in range(len(positions)):
            source = mutate_code(original, operator, occurrence)
            if source is not None and source not in seen:
                seen.add(source)
                yield Mutant(name.partition("/")[2], positions[occurrence][0][0], source)


class _MutatedLoader(importlib.machinery.SourceFileLoader):
    """Loads a module from a changed text."""

    def __init__(self, name: str, path: str, source: str) -> None:
        super().__init__(name, path)
        self._source = source

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._source, self.path, "exec", dont_inherit=True)


class _Finder:
    """Finds the mutant in place of the module."""

    def __init__(self, name: str, path: str, source: str) -> None:
        self._name = name
        self._loader = _MutatedLoader(name, path, source)

    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        if name != self._name:
            return None
        return importlib.util.spec_from_file_location(name, self._loader.path, loader=self._loader)


def is_killed(module: str, source: str, tests: Sequence[str]) -> bool:
    """Whether a test fails, or hangs, with that source for a module."""
    child = os.fork()
    if not child:
        resource.setrlimit(resource.RLIMIT_CPU, (_LONGEST, _LONGEST))
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        name = ".".join(("sfn_mock", *Path(module).with_suffix("").parts))
        sys.meta_path.insert(0, _Finder(name, str(ROOT / "sfn_mock" / module), source))
        paths = [str(ROOT / "tests" / test) for test in tests]
        # Some of the libraries are plugins, and pytest would rather have imported them itself.
        options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-W", "ignore::pytest.PytestWarning"]
        os._exit(int(pytest.main([*options, *paths])))
    _, status = os.waitpid(child, 0)
    return status != 0


def main(arguments: Sequence[str]) -> int:
    """Try the mutants of some modules, or of all, and return how many survive."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", default=list(TESTS), metavar="MODULE", help=", ".join(TESTS))
    chosen = parser.parse_args(arguments).modules
    survivors = 0
    os.environ.update(SFN_MOCK_SHRINK="0", SFN_MOCK_STEPS="300")
    for library in LIBRARIES:
        importlib.import_module(library)
    for module in chosen:
        path = ROOT / "sfn_mock" / module
        if is_killed(module, path.read_text(), TESTS[module]):
            parser.error(f"the tests of {module} fail without a mutant")
        made = list(mutants(path))
        original = path.read_text().splitlines()
        found = 0
        for number, mutant in enumerate(made, 1):
            # It takes long, so it says how far it is.
            print(f"{module}: {number} of {len(made)}", file=sys.stderr, flush=True)
            if not is_killed(module, mutant.source, TESTS[module]):
                found += 1
                changed = mutant.source.splitlines()[mutant.line - 1]
                print(f"{module}:{mutant.line} {mutant.operator}\n  - {original[mutant.line - 1].strip()}", flush=True)
                print(f"  + {changed.strip()}", flush=True)
        print(f"{module}: {len(made)} mutants, {found} survive", flush=True)
        survivors += found
    return survivors


if __name__ == "__main__":
    sys.exit(min(main(sys.argv[1:]), 100))
