/** The bar that moves the clock: drag it, play it, and step from change to change. */

import { part } from "/sfn-mock/page/dom.js";
import { niceStep, spanText } from "/sfn-mock/page/timeline.js";
import { utc } from "/sfn-mock/page/words.js";

/** @import { Here, Moments } from "/sfn-mock/page/app.js" */
/** @typedef {{ from: number, to: number, step: number }} Ends */

/** The number of steps of the slider, and the time between two steps while it plays. */
const STEPS = 200;
const PLAY_MILLISECONDS = 100;
const PLAY = "M4 2.5v11l9-5.5z";
const PAUSE = "M4 2.5h3v11h-3zM9.5 2.5h3v11h-3z";
/** The views whose contents depend on the clock. */
const VIEWS = ["machines", "executions", "execution", "map-run"];

/**
 * Connects the bar to the page. `setClock` sets the server's clock, shows that time, and returns whether it succeeded; it
 * requests the moments again only if its second argument is true. `findMoment` requests the previous or next change, null
 * if there is none. `unsetClock` lets the clock show real time again. The returned function shows the bar.
 *
 * @param {(now: string, isDone: boolean) => Promise<boolean>} setClock
 * @param {(which: string) => Promise<number | null>} findMoment
 * @param {() => Promise<void>} unsetClock
 * @returns {(here: Here) => void}
 */
export function scrubber(setClock, findMoment, unsetClock) {
  let now = 0;
  /** The ends of the slider, which contain all moments. @type {Ends} */
  let ends = { from: 0, to: 0, step: 1 };
  /** @type {Moments} */
  let moments = { first: null, previous: null, next: null, last: null };
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let isPlaying = false;
  /** The next request to set the clock; there is one request at a time, and the last one wins. @type {{ moment: number, isLast: boolean } | null} */
  let wanted = null;
  /** @type {Promise<void> | null} */
  let setting = null;

  /**
   * Sets the clock; done when this request or a later one has set it.
   *
   * @param {number} moment
   * @param {boolean} isLast
   */
  function set(moment, isLast) {
    wanted = { moment, isLast };
    setting ??= setWanted().finally(() => {
      setting = null;
    });
    return setting;
  }

  async function setWanted() {
    while (wanted !== null) {
      const { moment, isLast } = wanted;
      wanted = null;
      if (!(await setClock(new Date(moment).toISOString(), isLast))) {
        wanted = null;
        pause();
      }
    }
  }

  function pause() {
    isPlaying = false;
    clearTimeout(timer);
    showPlay();
  }

  function showPlay() {
    const text = isPlaying ? "Pause" : "Play";
    part("time-play").setAttribute("aria-label", text);
    part("time-play").setAttribute("title", text);
    part("time-play")
      .querySelector("path")
      .setAttribute("d", isPlaying ? PAUSE : PLAY);
  }

  /** @param {number} from */
  async function play(from) {
    const next = (Math.floor(from / ends.step) + 1) * ends.step;
    await set(Math.min(next, ends.to), next >= ends.to);
    if (next >= ends.to) {
      pause();
    } else if (isPlaying) {
      timer = setTimeout(() => play(next), PLAY_MILLISECONDS);
    }
  }

  part("time").addEventListener("input", (/** @type {any} */ event) => {
    pause();
    set(ends.from + Number(event.target.value), false);
  });
  // When the reader releases the slider, the previous and next changes are requested.
  part("time").addEventListener("change", (/** @type {any} */ event) =>
    set(ends.from + Number(event.target.value), true),
  );
  for (const which of ["previous", "next"]) {
    part(`time-${which}`).addEventListener("click", async () => {
      pause();
      // While the reader drags, the shown changes are not current.
      await setting;
      const moment = await findMoment(which);
      if (moment !== null) {
        set(moment, true);
      }
    });
  }
  part("time-real").addEventListener("click", async () => {
    pause();
    await setting;
    await unsetClock();
  });
  part("time-play").addEventListener("click", async () => {
    if (isPlaying) {
      pause();
      set(now, true);
      return;
    }
    isPlaying = true;
    showPlay();
    await setting;
    let from = now;
    if (from >= ends.to || from < ends.from) {
      from = ends.from;
      await set(from, false);
    }
    if (isPlaying) {
      play(from);
    }
  });

  return (here) => {
    ({ now, moments } = here);
    const { first, last } = moments;
    part("time-real").hidden = !here.isClockSet;
    part("scrubber").hidden = first === null || last === null || !VIEWS.includes(here.view);
    if (first !== null && last !== null) {
      ends = endsOf(first, last);
      show();
    }
  };

  function show() {
    const slider = part("time");
    slider.max = String(ends.to - ends.from);
    slider.step = String(ends.step);
    slider.value = String(now - ends.from);
    slider.setAttribute("aria-valuetext", `${utc(now)} UTC`);
    slider.title = spanText(ends);
    part("time-first").textContent = utc(ends.from);
    part("time-last").textContent = utc(ends.to);
    part("time-note").textContent = note();
    // They keep the focus while there is no step for a moment.
    part("time-previous").setAttribute("aria-disabled", String(moments.previous === null));
    part("time-next").setAttribute("aria-disabled", String(moments.next === null));
  }

  function note() {
    if (now > ends.to) {
      return "Now is after the last change.";
    }
    return now < ends.from ? "Now is before the first change." : "";
  }
}

/**
 * Returns ends a little before the first change and a little after the last, and a round step.
 *
 * @param {number} first
 * @param {number} last
 * @returns {Ends}
 */
function endsOf(first, last) {
  const margin = Math.max((last - first) * 0.03, 1000);
  const step = niceStep((last - first + 2 * margin) / STEPS);
  return { from: Math.floor((first - margin) / step) * step, to: Math.ceil((last + margin) / step) * step, step };
}
