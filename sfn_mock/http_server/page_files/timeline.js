/** Executions on a line of time: an axis, and a bar for each. */

import { svg } from "/sfn-mock/page/dom.js";
import { statusClass } from "/sfn-mock/page/statuses.js";
import { moment, utc } from "/sfn-mock/page/words.js";

/**
 * @typedef {{ from: number, to: number }} Scale the span of a line of time, in milliseconds
 * @typedef {{ status: string, startDate: number | string, stopDate?: number | string, redriveDate?: number | string }} Item
 */
/** @import { Moments } from "/sfn-mock/page/app.js" */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** What may lie between two marks of the axis. */
const STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((count) => count * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * MINUTE),
  ...[1, 2, 3, 6, 12].map((count) => count * HOUR),
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 1e5, 1e6].map((count) => count * DAY),
];
const MOST_MARKS = 5;
/** What stays free at either end, as a part of the whole: room for a sign or for the mark of now. */
const MARGIN = 0.03;
/** How near an end is near, in parts of a hundred. */
const NEAR = 10;

/**
 * From the first start to the last stop of the items; what runs on reaches to now.
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
 * The same, from the first change of all to the last one, past or to come, so that it stays while time is moved.
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

/** When an item stopped; of one that runs, now. @param {Item} item @param {number} now */
function endOf({ startDate, stopDate }, now) {
  return stopDate === undefined ? Math.max(now, moment(startDate)) : moment(stopDate);
}

/** Where a moment stands on the line, as a part of a hundred. @param {number} milliseconds @param {Scale} scale */
function place(milliseconds, { from, to }) {
  const part = (milliseconds - from) / (to - from);
  return 100 * (MARGIN + part * (1 - 2 * MARGIN));
}

/** @param {number} milliseconds @param {Scale} scale */
function at(milliseconds, scale) {
  return `${place(milliseconds, scale).toFixed(3)}%`;
}

/** The shortest step of an axis that is at least so many milliseconds long. @param {number} length */
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

/** As much as a mark needs, as the span in words has the rest: "02:00", "10 Jan". @param {number} mark @param {number} step */
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

/** The span in words: "2026-01-10 01:00:00 to 02:00:00 UTC". @param {Scale} scale */
export function spanText({ from, to }) {
  const [first, last] = [utc(from), utc(to)];
  const [date, clock] = last.split(" ");
  return `${first} to ${first.startsWith(date) ? clock : last} UTC`;
}

/** The axis: marks with their dates or times in UTC. @param {Scale} scale */
export function axis(scale) {
  return svg(
    "svg",
    { class: "axis", "aria-hidden": "true" },
    marks(scale).map(({ mark, text }) =>
      svg(
        "g",
        {},
        grid(at(mark, scale), 14),
        svg("text", { x: at(mark, scale), y: 11, "text-anchor": anchor(place(mark, scale)) }, text),
      ),
    ),
  );
}

/** Near an end a text goes inwards, so that it does not touch what stands beside the axis. @param {number} percent */
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
 * One execution: a bar from its start to its stop, or to now with an open end; a rhomb where it was redriven.
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
    // However short it was, it can be seen.
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
