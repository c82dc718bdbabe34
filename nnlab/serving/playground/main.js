// Which panels there are, which one is shown, and whether the server is there.
import * as add from "./add.js";
import { connection, describe, waitForServer } from "./api.js";
import * as classify from "./classify.js";
import * as denoise from "./denoise.js";
import { make } from "./dom.js";
import * as embed from "./embed.js";
import { openFrame, heading } from "./frame.js";
import * as networks from "./networks.js";
import * as other from "./other.js";
import * as recommend from "./recommend.js";
import * as runs from "./runs.js";
import { needToken } from "./shell.js";
import * as textgen from "./textgen.js";
import * as translate from "./translate.js";

const PANELS = {
  classify,
  "perm-test": classify.shuffled,
  textgen,
  add,
  translate,
  embed,
  recommend,
  denoise,
};
const list = document.querySelector("#panels");
const main = document.querySelector("main");
const gone = document.querySelector("#gone");

/** A panel of the page: built when it is first looked at. */
function panel(name, nav, build) {
  const place = make("section", { id: `panel-${name}`, class: "panel", hidden: true });
  const link = make("a", { href: `#${name}` }, nav);
  const entry = make("li", {}, link);
  main.append(place);
  let built = null;
  return {
    name,
    link,
    place,
    entry,
    /** @param {string} network the id of the one that shall answer, or "" */
    open(network) {
      built ??= build(place);
      if (network) built.chooseById?.(network);
    },
  };
}

function experimentPanel(experiment) {
  const known = PANELS[experiment.name] ?? other.panelOf(experiment);
  return panel(experiment.name, known.nav, (place) => {
    const frame = openFrame(place, experiment, known);
    known.start(frame);
    return frame;
  });
}

function furtherPanel(one, service) {
  return panel(one.name, one.nav, (place) => {
    const { element, id } = heading(one.title, one.lead);
    place.setAttribute("aria-labelledby", id);
    place.append(element);
    one.start(place, service, [
      ...new Set([...Object.keys(PANELS), ...service.experiments.map(({ name }) => name)]),
    ]);
    return {};
  });
}

const answers = (experiment) => experiment.networks.length > 0;

/** Known experiments in the order of the page, others behind. */
function ordered(experiments) {
  const names = Object.keys(PANELS);
  const place = ({ name }) => names.indexOf(name) + 1 || names.length + 1;
  return [...experiments].sort((a, b) => place(a) - place(b));
}

function panels(service) {
  const all = service.experiments.filter(answers).map(experimentPanel);
  all.push(...[runs, networks].filter((one) => one.useful(service)).map((one) => furtherPanel(one, service)));
  list.append(...all.map((one) => one.entry));
  return all;
}

/** After a training: there is one more network, perhaps the first of its experiment. */
async function renew(service, all) {
  for (const next of (await describe()).experiments) {
    let known = service.experiments.find((one) => one.name === next.name);
    if (known) Object.assign(known, next);
    else service.experiments.push((known = next));
    if (!answers(next) || all.some((one) => one.name === next.name)) continue;
    const added = experimentPanel(known);
    service.experiments = ordered(service.experiments);
    const names = service.experiments.map(({ name }) => name);
    const rank = ({ name }) => names.indexOf(name) + 1 || names.length + 1;
    const place = all.findIndex((one) => rank(one) > rank(added));
    list.insertBefore(added.entry, all[place].entry); // that of the trainings is behind all networks
    all.splice(place, 0, added);
  }
  dispatchEvent(new Event("networkschange"));
}

/** What the address asks for: #add/add.modern.base-16. */
function asked() {
  try {
    return decodeURIComponent(location.hash.slice(1)).split("/");
  } catch {
    return []; // no address of this page
  }
}

function show(all, { focus }) {
  const [name, ...network] = asked();
  const wanted = all.find((one) => one.name === name) ?? all[0];
  for (const one of all) {
    one.place.hidden = one !== wanted;
    one === wanted ? one.link.setAttribute("aria-current", "page") : one.link.removeAttribute("aria-current");
  }
  wanted.open(network.join("/"));
  const title = wanted.place.querySelector("h2");
  document.title = `${title.textContent} · nnlab`;
  wanted.link.scrollIntoView({ block: "nearest", inline: "center" });
  if (focus) title.focus();
  dispatchEvent(new Event("panelchange"));
}

async function start() {
  let service;
  try {
    service = await describe();
  } catch (error) {
    if (error.status) main.append(make("p", { class: "problem", role: "alert" }, error.message));
    return;
  }
  service.experiments = ordered(service.experiments);
  needToken(service.token);
  document.querySelector("#version").textContent = service.version;
  const all = panels(service);
  if (!all.length) {
    main.append(make("p", {}, "This server has no network to answer with."));
    return;
  }
  document.querySelector("nav").hidden = false;
  addEventListener("hashchange", () => {
    if (location.hash !== "#main") show(all, { focus: true }); // that is the link that skips
  });
  addEventListener("trained", () => renew(service, all).catch(() => {}));
  show(all, { focus: false });
}

connection.addEventListener("gone", () => {
  gone.hidden = false;
  waitForServer();
});
connection.addEventListener("back", () => {
  gone.hidden = true;
  if (!list.children.length) start();
});
start();
