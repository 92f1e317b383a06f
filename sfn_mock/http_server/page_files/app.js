/** The page: requests and shows what the URL names. */

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

/** @import { AccountRegion, Call } from "/sfn-mock/page/api.js" */
/** @import { Child } from "/sfn-mock/page/dom.js" */
/**
 * The moments at which executions change, in milliseconds; null if there is no such moment.
 * @typedef {{ first: number | null, previous: number | null, next: number | null, last: number | null }} Moments
 */
/**
 * @typedef {{ title: string, content: Child[] }} Shown
 * @typedef {(here: Here) => Promise<Shown>} View
 */
/**
 * The arguments of a view: the current account and region, functions for requests, and functions for links.
 *
 * @typedef {object} Here
 * @property {string} view
 * @property {View} show
 * @property {URLSearchParams} parameters
 * @property {string} arn
 * @property {any} state the state of this view in the browser's history
 * @property {boolean} isQuick whether the reader is dragging the clock
 * @property {any} info the answer of the route `info`
 * @property {AccountRegion} accountRegion
 * @property {number} now
 * @property {boolean} isClockSet whether the clock was set, instead of showing real time
 * @property {Moments} moments
 * @property {Call} call
 * @property {(name: string, wanted?: Record<string, string>) => string} href
 * @property {(changes: Record<string, string>, state?: unknown) => void} change opens the same view with other parameters
 * @property {(doIt: () => Promise<unknown>, handle?: (error: unknown) => boolean) => Promise<boolean>} attempt has
 *     something done, and tells whether it was; errors that `handle` does not take are shown at the top
 * @property {(doIt: () => Promise<unknown>, handle?: (error: unknown) => boolean) => Promise<void>} act the same, and
 *     shows what came of it
 */

/** @type {Record<string, View>} */
const VIEWS = { machines, executions, execution, "map-run": mapRun, seed: seeding, calls, controls };
/** The views in the bar at the top. @type {Record<string, string>} */
const NAMED = { machines: "State machines", seed: "Seed", calls: "Calls", controls: "Clock and faults" };
const REFRESH_MILLISECONDS = 2000;

/** The number of the latest rendering: an older one that ends later is not shown. */
let turn = 0;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
/** The last answer about the moments at which executions change. @type {Moments | null} */
let moments = null;
const showScrubber = scrubber(setClock, findMoment, () => act(() => server("DELETE", "clock")));

// --- Rendering -------------------------------------------------------------------------------------------------------

/** Requests and shows what the URL names. While the reader drags the clock, it skips what the clock does not change. */
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
  const [info, clock, found] = await Promise.all([
    server("GET", "info"),
    isQuick ? { set: true } : server("GET", "clock"),
    isQuick ? moments : findMoments(),
  ]);
  moments = found;
  const view = Object.hasOwn(VIEWS, asked) ? asked : "machines";
  const home = { account: info.account_id, region: info.region };
  const accountRegion = chosenAccountRegion(parameters) ?? home;
  const at = isSame(accountRegion, home) ? "" : `${accountRegion.account}/${accountRegion.region}`;
  const live = parameters.get("live");
  // An ARN has its own account and region.
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
    accountRegion,
    now: Date.parse(info.now),
    isClockSet: clock.set,
    moments: found,
    call: stepFunctions(accountRegion),
    href,
    change: (changes, state = null) => go(hash(view, { ...Object.fromEntries(parameters), ...changes }), state),
    attempt,
    act,
  };
}

/** Returns the moments at which the shown executions change. @returns {Promise<any>} */
async function findMoments() {
  const arn = read().parameters.get("arn");
  const machine = arn ? `?state_machine=${encodeURIComponent(stateMachineArn(arn))}` : "";
  const answer = await server("GET", `moments${machine}`);
  return Object.fromEntries(Object.entries(answer).map(([name, date]) => [name, date && Date.parse(String(date))]));
}

/**
 * Returns the previous or the next moment; null if there is none, or if the server does not answer, which is shown.
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

/** @param {URLSearchParams} parameters @returns {AccountRegion | null} */
function chosenAccountRegion(parameters) {
  const { account, region } = parse(parameters.get("arn") ?? "");
  if (account && region) {
    return { account, region };
  }
  const [first, second] = (parameters.get("at") ?? "").split("/");
  return second ? { account: first, region: second } : null;
}

/** @param {AccountRegion} one @param {AccountRegion} other */
function isSame(one, other) {
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
 * Sets the clock, which then stands still, and shows that time; returns whether it succeeded.
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

/** Shows an error in its box, or hides the box. @param {string} id @param {unknown} error */
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
  /** @type {(AccountRegion & { account_id?: string, executions: number })[]} */
  const every = here.info.places.map((/** @type {any} */ used) => ({ ...used, account: used.account_id }));
  if (!every.some((each) => isSame(each, here.accountRegion))) {
    every.unshift({ ...here.accountRegion, executions: 0 });
  }
  refresh(
    part("account-region"),
    every.map((each) =>
      html(
        "option",
        { value: `${each.account}/${each.region}`, selected: isSame(each, here.accountRegion) },
        `${each.account} ${each.region} (${counted(each.executions, "execution")})`,
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

part("account-region").addEventListener("change", (/** @type {any} */ event) => {
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
  // The hash names the view, not a position on the page.
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
 * Returns the element to focus after a rendering, from the element that had the focus before.
 *
 * @param {Element | null} focused
 * @param {boolean} isSameView
 */
function goOn(focused, isSameView) {
  if (focused !== null) {
    // A filter exists again; after a link, the heading gets the focus.
    focusOn(isSameView ? focused.id : "");
  }
  if (!isSameView || focused?.closest(".pager")) {
    scrollTo(0, 0);
  }
}

/**
 * Replaces the children by `nodes`. Equal children stay, with the reader's changes in them.
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
 * Copies to `node` what the reader has written, chosen and opened in `old`, and its errors.
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
    focusOn(id);
  }
}

/** Focuses an element, or the heading if there is no such element, or if it is disabled. @param {string} id */
function focusOn(id) {
  const again = id ? part(id) : null;
  (again && !again.disabled ? again : part("main").querySelector("h1")).focus({ preventScroll: true });
}

// Elements below the bar of time, such as the head of a table, stay visible below it.
new ResizeObserver(() => {
  document.documentElement.style.setProperty("--bar", `${part("scrubber").offsetHeight}px`);
}).observe(part("scrubber"));

addEventListener("hashchange", () => {
  say("problem", null);
  render();
});
render();
