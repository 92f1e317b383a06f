"""Draw a definition as a graph in SVG, with the states in rows from the start."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from html import escape
from typing import NamedTuple

from sfn_mock.asl.nodes import Program, State
from sfn_mock.instruments.coverage import Part, PartKey, inner_programs, transitions_of

# All lengths are in pixels.
_LETTER = 7.5
_LINE = 18
_PADDING = 12
_COLUMN_GAP = 48
_ROW_GAP = 80
_START_HEIGHT = 40

_Point = tuple[float, float]


#: The heads of arrows; their ids are the CSS classes of arrows.
MARKERS = "".join(
    f'<marker id="{kind}" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" '
    f'markerUnits="userSpaceOnUse" orient="auto"><path class="{kind}" d="M0 0L8 4L0 8z"/></marker>'
    for kind in ("taken", "missed")
)


class Look:
    """The labels and colours of the parts of a definition in a picture: how often each was taken."""

    def __init__(self, counts: Mapping[PartKey, int]) -> None:
        self.counts = counts

    def arrow_kind(self, part: Part) -> str:
        """Return the CSS class of the arrow to a first state, or for a transition."""
        return "taken" if self.counts.get(part.key) else "missed"

    def kind(self, part: Part) -> str:
        """Return the CSS class of a part."""
        return self.arrow_kind(part)

    def text(self, part: Part) -> str:
        """Return the label of a part; an empty text for none."""
        return f"{part.label or part.state}: {self.counts.get(part.key, 0) or 'never'}"


class Picture(NamedTuple):
    """A drawing and its size."""

    width: float
    height: float
    svg: str


class _Box:
    """A state, with its name, how it ends or is retried, and the pictures of its branches or processor."""

    def __init__(self, state: State, look: Look) -> None:
        self.name = state.name
        self.transitions = list(transitions_of(state))
        #: Parts that lead to no other state are shown in the box.
        ends = (part for part in self.transitions if part.next is None and look.text(part))
        self.lines = [Part("state", state.name), *ends]
        self.pictures = [draw(program, look) for program in inner_programs(state)]
        texts = [look.text(part) for part in self.lines]
        widths = [max(map(len, texts)) * _LETTER, sum(picture.width + _PADDING for picture in self.pictures)]
        self.inner_top = len(self.lines) * _LINE + _PADDING
        self.width = max(widths) + 2 * _PADDING
        self.height = self.inner_top + max((picture.height for picture in self.pictures), default=0)
        self.x = self.y = 0.0

    @property
    def middle(self) -> float:
        return self.x + self.width / 2

    def svg(self, look: Look) -> str:
        drawn = [
            f'<rect class="{look.kind(self.lines[0])}" data-state="{escape(self.name)}" '
            f'x="{self.x:g}" y="{self.y:g}" width="{self.width:g}" height="{self.height:g}" rx="6"/>'
        ]
        for number, part in enumerate(self.lines, 1):
            drawn.append(_label(part, look, self.middle, self.y + number * _LINE))
        left = self.x + _PADDING
        for picture in self.pictures:
            drawn.append(f'<g transform="translate({left:g} {self.y + self.inner_top:g})">{picture.svg}</g>')
            left += picture.width + _PADDING
        return "".join(drawn)


def draw(program: Program, look: Look) -> Picture:
    """Return the picture of a definition, of a branch or of a processor."""
    boxes = {name: _Box(state, look) for name, state in program.states.items()}
    rows = _rows(program.start_at, boxes)
    width, height = _position(rows)
    start = boxes[program.start_at]
    drawn = [f'<circle class="start" cx="{start.middle:g}" cy="8" r="6"/>']
    first = look.arrow_kind(start.lines[0])
    drawn.append(f'<path class="{first}" d="M{start.middle:g} 14V{start.y:g}" marker-end="url(#{first})"/>')
    ranks = {box.name: number for number, row in enumerate(rows) for box in row}
    right = width
    for box in boxes.values():
        onward = [part for part in box.transitions if part.next in boxes]
        for number, part in enumerate(onward, 1):
            target = boxes[str(part.next)]
            leave = box.x + box.width * number / (len(onward) + 1)
            begin, end = (leave, box.y + box.height), (target.middle, target.y)
            if ranks[target.name] > ranks[box.name]:
                drawn.append(_edge(part, look, begin, end, number / (len(onward) + 1)))
                continue
            half = len(look.text(part)) * _LETTER / 2
            side = right + half + _PADDING
            right = side + half
            drawn.append(_edge_back(part, look, begin, end, side))
    drawn += [box.svg(look) for box in boxes.values()]
    return Picture(right + _PADDING, height, "".join(drawn))


def _rows(start_at: str, boxes: Mapping[str, _Box]) -> list[list[_Box]]:
    """Return the states in rows, by the number of steps from the start; unreachable states are last."""
    ranks = {start_at: 0}
    waiting = deque(ranks)
    while waiting:
        name = waiting.popleft()
        for part in boxes[name].transitions:
            if part.next in boxes and part.next not in ranks:
                ranks[str(part.next)] = ranks[name] + 1
                waiting.append(str(part.next))
    last = max(ranks.values()) + 1
    rows: dict[int, list[_Box]] = {}
    for name, box in boxes.items():
        rows.setdefault(ranks.get(name, last), []).append(box)
    return [rows[rank] for rank in sorted(rows)]


def _position(rows: Sequence[Sequence[_Box]]) -> tuple[float, float]:
    """Position the states, each row centred, and return the total size."""
    widths = [sum(box.width for box in row) + _COLUMN_GAP * (len(row) - 1) for row in rows]
    top = float(_START_HEIGHT)
    for row, width in zip(rows, widths, strict=True):
        left = (max(widths) - width) / 2
        for box in row:
            box.x, box.y = left, top
            left += box.width + _COLUMN_GAP
        top += max(box.height for box in row) + _ROW_GAP
    return max(widths), top - _ROW_GAP + _PADDING


def _edge(part: Part, look: Look, begin: _Point, end: _Point, at: float) -> str:
    """Draw an arrow to a state in a lower row, with its label beside the labels of parallel arrows."""
    (x, y), (to_x, to_y) = begin, end
    bend = (to_y - y) / 2
    path = f"M{x:g} {y:g}C{x:g} {y + bend:g} {to_x:g} {to_y - bend:g} {to_x:g} {to_y:g}"
    # The horizontal offset of a cubic Bezier curve with these handles.
    aside = at * at * (3 - 2 * at)
    return _line(part, look, path) + _label(part, look, x + (to_x - x) * aside, y + (to_y - y) * at + 4)


def _edge_back(part: Part, look: Look, begin: _Point, end: _Point, side: float) -> str:
    """Draw an arrow to a state in the same row or above, around the side."""
    (x, y), (to_x, to_y) = begin, end
    path = f"M{x:g} {y:g}v12H{side:g}V{to_y - 12:g}H{to_x:g}v12"
    return _line(part, look, path) + _label(part, look, side, (y + to_y) / 2 + 4)


def _line(part: Part, look: Look, path: str) -> str:
    kind = look.arrow_kind(part)
    return f'<path class="{kind}" d="{path}" marker-end="url(#{kind})"><title>{escape(str(part))}</title></path>'


def _label(part: Part, look: Look, x: float, y: float) -> str:
    text = look.text(part)
    if not text:
        return ""
    kind = f"{look.kind(part)} {part.kind}"
    return f'<text class="{kind}" data-state="{escape(part.state)}" x="{x:g}" y="{y:g}">{escape(text)}</text>'
