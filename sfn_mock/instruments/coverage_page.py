"""The coverage of state machines as one HTML page without other files."""

from __future__ import annotations

from html import escape

from sfn_mock.asl.definition import parse_definition
from sfn_mock.instruments.coverage import Coverage, CoverageReport, summary
from sfn_mock.instruments.definition_graph import MARKERS, Look, draw

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem; color: #222; background: #fff; }
table { border-collapse: collapse; }
td, th { border: 1px solid #ccc; padding: .2rem .6rem; text-align: left; }
figure { margin: 1rem 0; overflow-x: auto; }
svg text { font: 13px ui-monospace, monospace; text-anchor: middle; }
svg text { stroke: #fff; stroke-width: 3px; paint-order: stroke; }
svg text.state { font-weight: bold; }
svg text.taken { fill: #00604a; } svg text.missed { fill: #a63400; }
svg rect { stroke-width: 2px; } svg path { fill: none; stroke-width: 2px; }
svg rect.taken { fill: #e3f5ef; stroke: #00805f; } svg path.taken { stroke: #00805f; }
svg rect.missed { fill: #fdeee6; stroke: #c94f12; stroke-dasharray: 6 4; }
svg path.missed { stroke: #c94f12; stroke-dasharray: 6 4; }
svg .start { fill: #222; }
marker path { stroke: none !important; } #taken path { fill: #00805f; } #missed path { fill: #c94f12; }
tr.missed td { background: #fdeee6; }
""".strip()


def page(report: CoverageReport) -> str:
    """Return the page: a picture and a table for each state machine."""
    machines = "\n".join(_section(coverage) for coverage in report.machines)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>Coverage of state machines</title>\n<style>\n{_STYLE}\n</style>\n</head>\n<body>\n"
        f'<svg width="0" height="0" aria-hidden="true"><defs>{MARKERS}</defs></svg>\n'
        f"<h1>Coverage of state machines: {report.percentage:.1f} %</h1>\n{machines}\n</body>\n</html>\n"
    )


def _section(coverage: Coverage) -> str:
    counts = {(part["kind"], part["state"], part["number"]): part["taken"] for part in coverage.as_dict()["parts"]}
    picture = draw(parse_definition(coverage.definition), Look(counts))
    rows = "\n".join(
        f'<tr class="{"taken" if count else "missed"}"><td>{escape(part)}</td><td>{count or "never"}</td></tr>'
        for part, count in coverage.counts.items()
    )
    heading = escape(summary(coverage))
    size = f'width="{picture.width:g}" height="{picture.height:g}"'
    return (
        f"<h2>{heading}</h2>\n<p>Executions that ran it: {coverage.runs}</p>\n<figure>\n"
        f'<svg role="img" aria-label="{heading}" {size}>{picture.svg}</svg>\n'
        f"</figure>\n<table>\n<tr><th>part</th><th>taken</th></tr>\n{rows}\n</table>"
    )
