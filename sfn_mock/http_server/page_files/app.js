/** The page: what the URL says is asked for, and shown. */

import { server, stepFunctions } from "/sfn-mock/page/api.js";
import { parse, stateMachineArn } from "/sfn-mock/page/arns.js";
import { calls } from "/sfn-mock/page/calls.js";
import { controls } from "/sfn-mock/page/controls.js";
import { html } from "/sfn-mock/page/dom.js";
import { execution } from "/sfn-mock/page/execution.js";
import { executions } from "/sfn-mock/page/executions.js";
import { machines } from "/sfn-mock/page/machines.js";
import { mapRun } from "/sfn-mock/page/map_run.js";
import { sentence } from "/sfn-mock/page/problems.js";
import { hash, read, viewOf } from "/sfn-mock/page/route.js";
import { scrubber } from "/sfn-mock/page/scrubber.js";
import { counted, time } from "/sfn-mock/page/words.js";

const VIEWS = { machines, executions, execution, "map-run": mapRun, calls, controls };
/** Those in the bar at the top. */
const NAMED = { machines: "State machines", calls: "Calls", controls: "Clock and faults" };
const REFRESH_MILLISECONDS = 2000;

const part = (id) => document.getElementById(id);
/** The number of the rendering at work: an older one that ends later is not shown. */
let turn = 0;
let timer;
/** When executions change, as the server last said. */
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

/** What a view is given: where the reader is, how to ask from there, and how to get elsewhere. */
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
  const href = (name, wanted = {}) => hash(name, { at: wanted.arn ? "" : at, ...wanted, live });
  return {
    view,
    show: VIEWS[view],
    parameters,
    arn: parameters.get("arn") ?? "",
    state: history.state,
    /** Whether the reader is dragging the clock. */
    isQuick,
    info,
    place,
    now: Date.parse(info.now),
    moments,
    call: stepFunctions(place),
    href,
    /** The same view with other parameters. */
    change: (changes, state = null) => go(hash(view, { ...Object.fromEntries(parameters), ...changes }), state),
    act,
  };
}

/** When executions of what is shown change, in milliseconds; null where there is no such moment. */
async function findMoments() {
  const arn = read().parameters.get("arn");
  const machine = arn ? `?state_machine=${encodeURIComponent(stateMachineArn(arn))}` : "";
  const told = await server("GET", `moments${machine}`);
  return Object.fromEntries(Object.entries(told).map(([name, date]) => [name, date && Date.parse(date)]));
}

/** The previous or the next of them; null also where the server does not answer, which the reader is told. */
async function findMoment(which) {
  try {
    return (await findMoments())[which];
  } catch (error) {
    say("connection", error);
    return null;
  }
}

function chosenPlace(parameters) {
  const { account, region } = parse(parameters.get("arn") ?? "");
  if (account && region) {
    return { account, region };
  }
  const [first, second] = (parameters.get("at") ?? "").split("/");
  return second ? { account: first, region: second } : null;
}

function samePlace(one, other) {
  return one.account === other.account && one.region === other.region;
}

function go(target, state = null) {
  history.pushState(state, "", target);
  say("problem", null);
  render();
}

/** Has the server do something, and shows what came of it. */
async function act(doIt) {
  try {
    await doIt();
    say("problem", null);
  } catch (error) {
    say("problem", error);
    return;
  }
  await render();
}

/** Sets the clock, where it stands still, and shows what there is then; whether that went well. */
async function setClock(now, isDone) {
  try {
    await server("PUT", "clock", { now });
    say("problem", null);
  } catch (error) {
    say("problem", error);
    return false;
  }
  await render({ isQuick: !isDone });
  return true;
}

/** Shows an error in the box that is kept for it, or hides the box. */
function say(id, error) {
  part(id).hidden = error === null;
  part(id).replaceChildren(...(error === null ? [] : sentence(error)));
}

// --- The bar at the top ----------------------------------------------------------------------------------------------

function showBar(here) {
  refresh(
    part("views"),
    Object.entries(NAMED).map(([view, text]) =>
      html("a", { id: `view-${view}`, href: here.href(view), "aria-current": view === here.view && "page" }, text),
    ),
  );
  const places = here.info.places.map((place) => ({ ...place, account: place.account_id }));
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

function withParameter(name, value) {
  const { view, parameters } = read();
  return hash(view, { ...Object.fromEntries(parameters), [name]: value });
}

part("place").addEventListener("change", (event) => {
  const { view, parameters } = read();
  go(hash(Object.hasOwn(NAMED, view) ? view : "machines", { at: event.target.value, live: parameters.get("live") }));
});
part("live").addEventListener("change", (event) => {
  history.replaceState(history.state, "", withParameter("live", event.target.checked ? "1" : ""));
  part("main").dataset.hash = location.hash;
  render();
});
part("refresh").addEventListener("click", () => render());
part("skip").addEventListener("click", (event) => {
  // The hash says what is shown, and not where on the page.
  event.preventDefault();
  part("main").focus();
});

// --- The content -----------------------------------------------------------------------------------------------------

function showContent({ title, content }, asked) {
  const main = part("main");
  const nodes = content.flat().filter(Boolean);
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

/** Where the reader, who had something in the content focused or nothing, is to go on from. */
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

/** Puts `nodes` in the place of the children, of which those that say the same stay, and what is done in them too. */
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

/** What the reader has written, chosen and unfolded in `old`. */
function carryOver(old, node) {
  const fresh = new Map(withinOrItself(node).map((control) => [control.id, control]));
  for (const control of withinOrItself(old)) {
    const again = fresh.get(control.id);
    if (again === undefined) {
      continue;
    }
    if (control instanceof HTMLDetailsElement) {
      again.open = control.open;
    } else if (control.value !== control.defaultValue || control.checked !== control.defaultChecked) {
      again.value = control.value;
      again.checked = control.checked;
    }
  }
}

function withinOrItself(node) {
  const kept = "input[id], details[id]";
  return [...(node.matches(kept) ? [node] : []), ...node.querySelectorAll(kept)];
}

function replace(old, node) {
  const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
  old.replaceWith(node);
  part(focused)?.focus({ preventScroll: true });
}

addEventListener("hashchange", () => {
  say("problem", null);
  render();
});
render();
