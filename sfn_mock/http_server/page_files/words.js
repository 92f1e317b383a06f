/** Dates, durations and JSON as text for people. */

import { html } from "/sfn-mock/page/dom.js";

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/**
 * Returns the milliseconds since 1970 of AWS's date, which is in seconds, or of the server's, which is text.
 *
 * @param {number | string} date
 */
export function moment(date) {
  return typeof date === "string" ? Date.parse(date) : Math.round(date * SECOND);
}

/** "2026-01-10 02:00:00", in UTC, with milliseconds if there are any. @param {number} milliseconds */
export function utc(milliseconds) {
  return new Date(milliseconds)
    .toISOString()
    .replace("T", " ")
    .replace(/(\.000)?Z$/, "");
}

/**
 * The same as a time element; without the date if it is that of `since`.
 *
 * @param {number} milliseconds
 * @param {number} [since]
 */
export function time(milliseconds, since) {
  const [date, clock] = utc(milliseconds).split(" ");
  const isSameDay = since !== undefined && utc(since).startsWith(date);
  const parts = [!isSameDay && html("span", {}, date), !isSameDay && " ", html("span", {}, clock)];
  return html("time", { datetime: new Date(milliseconds).toISOString() }, parts);
}

/** Makes a date and, beside it, its distance from now. @param {number} milliseconds @param {number} now */
export function dated(milliseconds, now) {
  return html(
    "span",
    { class: "dated" },
    time(milliseconds),
    " ",
    html("span", { class: "ago" }, relative(milliseconds, now)),
  );
}

/** "1 h 5 min 30 s". @param {number} milliseconds */
export function duration(milliseconds) {
  /** @type {[number, string][]} */
  const parts = [
    [Math.floor(milliseconds / DAY), "d"],
    [Math.floor((milliseconds % DAY) / HOUR), "h"],
    [Math.floor((milliseconds % HOUR) / MINUTE), "min"],
    [(milliseconds % MINUTE) / SECOND, "s"],
  ];
  return (
    parts
      .filter(([count]) => count)
      .map(([count, unit]) => `${count} ${unit}`)
      .join(" ") || "0 s"
  );
}

/** "2 h ago" or "in 2 h", only in the largest unit, or "just now". @param {number} milliseconds @param {number} now */
export function relative(milliseconds, now) {
  const distance = Math.abs(now - milliseconds);
  /** @type {[number, string][]} */
  const units = [
    [DAY, "d"],
    [HOUR, "h"],
    [MINUTE, "min"],
    [SECOND, "s"],
  ];
  const found = units.find(([unit]) => distance >= unit);
  if (found === undefined) {
    return "just now";
  }
  const words = `${Math.floor(distance / found[0])} ${found[1]}`;
  return milliseconds > now ? `in ${words}` : `${words} ago`;
}

/**
 * How long an execution or map run took, or has been running.
 *
 * @param {{ startDate: number | string, stopDate?: number | string }} item
 * @param {number} now
 */
export function lasted(item, now) {
  const start = moment(item.startDate);
  if (item.stopDate !== undefined) {
    return duration(moment(item.stopDate) - start);
  }
  return `${duration(Math.max(0, Math.floor((now - start) / SECOND) * SECOND))} so far`;
}

/** "1 execution", "2 executions". @param {number} count @param {string} noun */
export function counted(count, noun) {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}

/** Returns formatted JSON text, or the text unchanged if it is not JSON. @param {string} text */
export function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
