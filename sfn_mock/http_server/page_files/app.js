/** The page: what the URL says is asked for, and shown. */

import { server, stepFunctions } from "/sfn-mock/page/api.js";
import { parse, stateMachineArn } from "/sfn-mock/page/arns.js";
import { calls } from "/sfn-mock/page/calls.js";
import { controls } from "/sfn-mock/page/controls.js";
import { html, part } from "/sfn-mock/page/dom.js";
import { execution } from "/sfn-mock/page/execution.js";
import { executions } from "/sfn-mock/page/executions.js";
import { machines } from "/sfn-mock/page/machines.js";
import { mapRun } from "/sfn-mock/page/map_run.js";
import { sentence } from "/sfn-mock/page/problems.js";
import { hash, read, viewOf } from "/sfn-mock/page/route.js";
import { scrubber } from "/sfn-mock/page/scrubber.js";
import { seeding } from "/sfn-mock/page/seeding.js";
import { counted, time } from "/sfn-mock/page/words.js";

/** @import { Call, Place } from "/sfn-mock/page/api.js" */
/** @import { Child } from "/sfn-mock/page/dom.js" */
/**
 * When executions change, in milliseconds; null where there is no such moment.
 * @typedef {{ first: number | null, previous: number | null, next: number | null, last: number | null }} Moments
 */
/**
 * @typedef {{ title: string, content: Child[] }} Shown
 * @typedef {(here: Here) => Promise<Shown>} View
 */
/**
 * What a view is given: where the reader is, how to ask from there, and how to get elsewhere.
 *
 * @typedef {object} Here
 * @property {string} view
 * @property {View} show
 * @property {URLSearchParams} parameters
 * @property {string} arn
 * @property {any} state what the browser's history keeps of this view
 * @property {boolean} isQuick whether the reader is dragging the clock
 * @property {any} info what the server tells of itself
 * @property {Place} place
 * @property {number} now
 * @property {Moments} moments
 * @property {Call} call
 * @property {(name: string, wanted?: Record<string, string>) => string} href
 * @property {(changes: Record<string, string>, state?: unknown) => void} change the same view with other parameters
 * @property {(doIt: () => Promise<unknown>, handle?: (error: unknown) => boolean) => Promise<boolean>} attempt has
 *     something done, and tells whether it was; errors that `handle` does not take are shown at the top
 * @property {(doIt: () => Promise<unknown>, handle?: (error: unknown) => boolean) => Promise<void>} act the same, and
 *     shows what came of it
 */

/** @type {Record<string, View>} */
const VIEWS = { machines, executions, execution, "map-run": mapRun, seed: seeding, calls, controls };
/** Those in the bar at the top. @type {Record<string, string>} */
const NAMED = { machines: "State machines", seed: "Seed", calls: "Calls", controls: "Clock and faults" };
const REFRESH_MILLISECONDS = 2000;

/** The number of the rendering at work: an older one that ends later is not shown. */
let turn = 0;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
/** When executions change, as the server last said. @type {Moments | null} */
let moments = null;
const showScrubber = scrubber(setClock, findMoment);

// --- Rendering -------------------------------------------------------------------------------------------------------

/** Asks for what the URL says and shows it; quick, while the reader drags the clock, without what that leaves alone. */
async function render({ isQuick = false } = {}) {
  const mine = ++turn;
  const asked = location.hash;
  clearTimeout(timer);
  part("main").setAttribute("aria-busy", "true");
  try {
    const here = await whereWeAre(isQuick);
    const shown = await here.show(here);
    if (mine === turn) {
      showBar(here);
      showContent(shown, asked);
      say("connection", null);
    }
  } catch (error) {
    if (mine === turn) {
      say("connection", error);
    }
  }
  if (mine === turn) {
    part("main").setAttribute("aria-busy", "false");
    if (read().parameters.get("live")) {
      timer = setTimeout(() => render(), REFRESH_MILLISECONDS);
    }
  }
}

/** @param {boolean} isQuick @returns {Promise<Here>} */
async function whereWeAre(isQuick) {
  const { view: asked, parameters } = read();
  const [info, found] = await Promise.all([server("GET", "info"), isQuick ? moments : findMoments()]);
  moments = found;
  const view = Object.hasOwn(VIEWS, asked) ? asked : "machines";
  const home = { account: info.account_id, region: info.region };
  const place = chosenPlace(parameters) ?? home;
  const at = samePlace(place, home) ? "" : `${place.account}/${place.region}`;
  const live = parameters.get("live");
  // An ARN says by itself where it belongs.
  /** @param {string} name @param {Record<string, string>} wanted */
  const href = (name, wanted = {}) => hash(name, { at: wanted.arn ? "" : at, ...wanted, live });
  return {
    view,
    show: VIEWS[view],
    parameters,
    arn: parameters.get("arn") ?? "",
    state: history.state,
    isQuick,
    info,
    place,
    now: Date.parse(info.now),
    moments: found,
    call: stepFunctions(place),
    href,
    change: (changes, state = null) => go(hash(view, { ...Object.fromEntries(parameters), ...changes }), state),
    attempt,
    act,
  };
}

/** When executions of what is shown change. @returns {Promise<any>} */
async function findMoments() {
  const arn = read().parameters.get("arn");
  const machine = arn ? `?state_machine=${encodeURIComponent(stateMachineArn(arn))}` : "";
  const told = await server("GET", `moments${machine}`);
  return Object.fromEntries(Object.entries(told).map(([name, date]) => [name, date && Date.parse(String(date))]));
}

/**
 * The previous or the next of them; null also where the server does not answer, which the reader is told.
 *
 * @param {string} which
 * @returns {Promise<number | null>}
 */
async function findMoment(which) {
  try {
    return (await findMoments())[which];
  } catch (error) {
    say("connection", error);
    return null;
  }
}

/** @param {URLSearchParams} parameters @returns {Place | null} */
function chosenPlace(parameters) {
  const { account, region } = parse(parameters.get("arn") ?? "");
  if (account && region) {
    return { account, region };
  }
  const [first, second] = (parameters.get("at") ?? "").split("/");
  return second ? { account: first, region: second } : null;
}

/** @param {Place} one @param {Place} other */
function samePlace(one, other) {
  return one.account === other.account && one.region === other.region;
}

/** @param {string} target @param {unknown} state */
function go(target, state = null) {
  history.pushState(state, "", target);
  say("problem", null);
  render();
}

/** @type {Here["attempt"]} */
async function attempt(doIt, handle = () => false) {
  try {
    await doIt();
    say("problem", null);
  } catch (error) {
    if (handle(error)) {
      say("problem", null);
    } else {
      say("problem", error);
    }
    return false;
  }
  return true;
}

/** @type {Here["act"]} */
async function act(doIt, handle) {
  if (await attempt(doIt, handle)) {
    await render();
  }
}

/**
 * Sets the clock, where it stands still, and shows what there is then; whether that went well.
 *
 * @param {string} now
 * @param {boolean} isDone
 */
async function setClock(now, isDone) {
  const isSet = await attempt(() => server("PUT", "clock", { now }));
  if (isSet) {
    await render({ isQuick: !isDone });
  }
  return isSet;
}

/** Shows an error in the box that is kept for it, or hides the box. @param {string} id @param {unknown} error */
function say(id, error) {
  part(id).hidden = error === null;
  part(id).replaceChildren(...(error === null ? [] : sentence(error)));
}

// --- The bar at the top ----------------------------------------------------------------------------------------------

/** @param {Here} here */
function showBar(here) {
  refresh(
    part("views"),
    Object.entries(NAMED).map(([view, text]) =>
      html("a", { id: `view-${view}`, href: here.href(view), "aria-current": view === here.view && "page" }, text),
    ),
  );
  /** @type {(Place & { account_id?: string, executions: number })[]} */
  const places = here.info.places.map((/** @type {any} */ place) => ({ ...place, account: place.account_id }));
  if (!places.some((place) => samePlace(place, here.place))) {
    places.unshift({ ...here.place, executions: 0 });
  }
  refresh(
    part("place"),
    places.map((place) =>
      html(
        "option",
        { value: `${place.account}/${place.region}`, selected: samePlace(place, here.place) },
        `${place.account} ${place.region} (${counted(place.executions, "execution")})`,
      ),
    ),
  );
  part("clock").replaceChildren(time(here.now), " UTC");
  showScrubber(here);
  part("live").checked = Boolean(here.parameters.get("live"));
}

/** @param {string} name @param {string} value */
function withParameter(name, value) {
  const { view, parameters } = read();
  return hash(view, { ...Object.fromEntries(parameters), [name]: value });
}

part("place").addEventListener("change", (/** @type {any} */ event) => {
  const { view, parameters } = read();
  go(hash(Object.hasOwn(NAMED, view) ? view : "machines", { at: event.target.value, live: parameters.get("live") }));
});
part("live").addEventListener("change", (/** @type {any} */ event) => {
  history.replaceState(history.state, "", withParameter("live", event.target.checked ? "1" : ""));
  part("main").dataset.hash = location.hash;
  render();
});
part("refresh").addEventListener("click", () => render());
part("skip").addEventListener("click", (/** @type {Event} */ event) => {
  // The hash says what is shown, and not where on the page.
  event.preventDefault();
  part("main").focus();
});

// --- The content -----------------------------------------------------------------------------------------------------

/** @param {Shown} shown @param {string} asked */
function showContent({ title, content }, asked) {
  const main = part("main");
  const nodes = /** @type {HTMLElement[]} */ (content.flat().filter(Boolean));
  const before = main.dataset.hash;
  document.title = `${title} · sfn_mock`;
  main.dataset.hash = asked;
  if (asked === before) {
    refresh(main, nodes);
    return;
  }
  const focused = main.contains(document.activeElement) ? document.activeElement : null;
  main.replaceChildren(...nodes);
  if (before !== undefined) {
    goOn(focused, viewOf(asked) === viewOf(before));
  }
}

/**
 * Where the reader, who had something in the content focused or nothing, is to go on from.
 *
 * @param {Element | null} focused
 * @param {boolean} isSameView
 */
function goOn(focused, isSameView) {
  if (focused !== null) {
    // A filter is there again; what was followed leads to a heading.
    const again = isSameView && focused.id ? part(focused.id) : null;
    (again && !again.disabled ? again : part("main").querySelector("h1")).focus({ preventScroll: true });
  }
  if (!isSameView || focused?.closest(".pager")) {
    scrollTo(0, 0);
  }
}

/**
 * Puts `nodes` in the place of the children, of which those that say the same stay, and what is done in them too.
 *
 * @param {HTMLElement} parent
 * @param {HTMLElement[]} nodes
 */
function refresh(parent, nodes) {
  const before = [...parent.children];
  nodes.forEach((node, index) => {
    const old = before[index];
    if (old === undefined) {
      parent.append(node);
    } else if (old.querySelector("dialog[open]") === null) {
      carryOver(old, node);
      if (!old.isEqualNode(node)) {
        replace(old, node);
      }
    }
  });
  before.slice(nodes.length).forEach((old) => old.remove());
}

/**
 * What the reader has written, chosen and unfolded in `old`, and what is said to be wrong with it.
 *
 * @param {Element} old
 * @param {HTMLElement} node
 */
function carryOver(old, node) {
  const fresh = new Map(withinOrItself(node).map((control) => [control.id, control]));
  for (const control of withinOrItself(old)) {
    const again = fresh.get(control.id);
    if (control instanceof HTMLDetailsElement && again instanceof HTMLDetailsElement) {
      again.open = control.open;
    } else if (control instanceof HTMLSpanElement && control.textContent) {
      again?.replaceChildren(...control.childNodes);
    } else if (control instanceof HTMLInputElement && again instanceof HTMLInputElement) {
      keepInput(control, again);
    } else if (control instanceof HTMLTextAreaElement && again instanceof HTMLTextAreaElement) {
      if (control.value !== control.defaultValue) {
        again.value = control.value;
      }
    }
  }
}

/** @param {HTMLInputElement} control @param {HTMLInputElement} again */
function keepInput(control, again) {
  if (control.value !== control.defaultValue || control.checked !== control.defaultChecked) {
    again.value = control.value;
    again.checked = control.checked;
  }
}

/** @param {Element} node @returns {Element[]} */
function withinOrItself(node) {
  const kept = "input[id], textarea[id], details[id], .field-problem[id]";
  return [...(node.matches(kept) ? [node] : []), ...node.querySelectorAll(kept)];
}

/** @param {Element} old @param {HTMLElement} node */
function replace(old, node) {
  const focused = document.activeElement;
  const id = old.contains(focused) ? focused?.id : "";
  old.replaceWith(node);
  if (id) {
    part(id)?.focus({ preventScroll: true });
  }
}

// What stands below the bar of time, such as the head of a table, stays in sight below it.
new ResizeObserver(() => {
  document.documentElement.style.setProperty("--bar", `${part("scrubber").offsetHeight}px`);
}).observe(part("scrubber"));

addEventListener("hashchange", () => {
  say("problem", null);
  render();
});
render();
