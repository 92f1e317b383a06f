/** Executions on a time axis: the axis, and a bar for each. */

import { svg } from "/sfn-mock/page/dom.js";
import { statusClass } from "/sfn-mock/page/statuses.js";
import { DAY, HOUR, MINUTE, moment, SECOND, utc } from "/sfn-mock/page/words.js";

/**
 * @typedef {{ from: number, to: number }} Scale the span of a line of time, in milliseconds
 * @typedef {{ status: string, startDate: number | string, stopDate?: number | string, redriveDate?: number | string }} Item
 */
/** @import { Moments } from "/sfn-mock/page/app.js" */

/** The possible steps between two marks of the axis. */
const STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((count) => count * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * MINUTE),
  ...[1, 2, 3, 6, 12].map((count) => count * HOUR),
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 1e5, 1e6].map((count) => count * DAY),
];
const MOST_MARKS = 5;
/** The free part at each end, for a sign or the mark of now. */
const MARGIN = 0.03;
/** The distance from an end that counts as near, in percent. */
const NEAR = 10;

/**
 * Returns the span from the first start to the last stop of the items; running ones last until now.
 *
 * @param {Item[]} items
 * @param {number} now
 * @returns {Scale}
 */
export function span(items, now) {
  const starts = items.map((item) => moment(item.startDate));
  const stops = items.map((item) => endOf(item, now));
  const from = Math.min(...starts);
  return { from, to: Math.max(...stops, from + 1) };
}

/**
 * Returns the span from the first to the last change, past or future, which does not change while the clock moves.
 *
 * @param {Item[]} items
 * @param {number} now
 * @param {Moments} moments
 * @returns {Scale}
 */
export function wholeSpan(items, now, { first, last }) {
  const { from, to } = span(items, now);
  return { from: Math.min(from, first ?? from), to: Math.max(to, last ?? to) };
}

/** Returns when an item stopped; now if it is running. @param {Item} item @param {number} now */
function endOf({ startDate, stopDate }, now) {
  return stopDate === undefined ? Math.max(now, moment(startDate)) : moment(stopDate);
}

/** Returns the position of a moment on the axis, in percent. @param {number} milliseconds @param {Scale} scale */
function position(milliseconds, { from, to }) {
  const part = (milliseconds - from) / (to - from);
  return 100 * (MARGIN + part * (1 - 2 * MARGIN));
}

/** @param {number} milliseconds @param {Scale} scale */
function at(milliseconds, scale) {
  return `${position(milliseconds, scale).toFixed(3)}%`;
}

/** Returns the shortest step of an axis of at least this many milliseconds. @param {number} length */
export function niceStep(length) {
  return STEPS.find((candidate) => candidate >= length) ?? STEPS[STEPS.length - 1];
}

/** @param {Scale} scale */
function marks({ from, to }) {
  const step = niceStep((to - from) / MOST_MARKS);
  const found = [];
  for (let mark = Math.ceil(from / step) * step; mark <= to; mark += step) {
    found.push({ mark, text: markText(mark, step) });
  }
  return found;
}

/** Returns the short text of a mark, because the span has the rest: "02:00", "10 Jan". @param {number} mark @param {number} step */
function markText(mark, step) {
  if (step >= 100 * DAY) {
    return new Date(mark).toLocaleDateString("en-GB", { month: "short", year: "numeric", timeZone: "UTC" });
  }
  if (step >= DAY || mark % DAY === 0) {
    return new Date(mark).toLocaleDateString("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
  }
  const [, clock] = utc(mark).split(" ");
  return step >= MINUTE ? clock.slice(0, 5) : clock;
}

/** Returns the span in words: "2026-01-10 01:00:00 to 02:00:00 UTC". @param {Scale} scale */
export function spanText({ from, to }) {
  const [first, last] = [utc(from), utc(to)];
  const [date, clock] = last.split(" ");
  return `${first} to ${first.startsWith(date) ? clock : last} UTC`;
}

/** Makes the axis: marks with their dates or times in UTC. @param {Scale} scale */
export function axis(scale) {
  return svg(
    "svg",
    { class: "axis", "aria-hidden": "true" },
    marks(scale).map(({ mark, text }) =>
      svg(
        "g",
        {},
        grid(at(mark, scale), 14),
        svg("text", { x: at(mark, scale), y: 11, "text-anchor": anchor(position(mark, scale)) }, text),
      ),
    ),
  );
}

/** Returns the alignment of a text: near an end it goes inwards, so that it stays within the axis. @param {number} percent */
function anchor(percent) {
  if (percent < NEAR) {
    return "start";
  }
  return percent > 100 - NEAR ? "end" : "middle";
}

/** @param {string} x @param {number} top */
function grid(x, top) {
  return svg("line", { x1: x, x2: x, y1: top, y2: "100%", class: "grid" });
}

/**
 * Makes one execution: a bar from its start to its stop, or to now with an open end; a diamond at its redrive.
 *
 * @param {Item} item
 * @param {Scale} scale
 * @param {number} now
 */
export function bar(item, scale, now) {
  const start = moment(item.startDate);
  const end = endOf(item, now);
  const width = `${parseFloat(at(end, scale)) - parseFloat(at(start, scale))}%`;
  const status = statusClass(item.status);
  return svg(
    "svg",
    { class: "bar", "aria-hidden": "true" },
    marks(scale).map(({ mark }) => grid(at(mark, scale), 0)),
    svg("rect", { x: at(start, scale), y: 11, width, height: 12, class: status }),
    // A short execution is visible too.
    svg("rect", { x: at(start, scale), y: 11, width: 3, height: 12, class: status }),
    item.stopDate === undefined && sign(at(end, scale), "M0-9l8 9-8 9z", status),
    now >= scale.from &&
      now <= scale.to &&
      svg("line", { x1: at(now, scale), x2: at(now, scale), y1: 0, y2: "100%", class: "now" }),
    item.redriveDate !== undefined && sign(at(moment(item.redriveDate), scale), "M0-8l5 8-5 8-5-8z", "redrive"),
  );
}

/** @param {string} x @param {string} d @param {string} className */
function sign(x, d, className) {
  return svg("svg", { x, y: 17, overflow: "visible" }, svg("path", { d, class: className }));
}
