// Train a network from here, watch it, stop it, resume it.
import { act, connection, followed, get, post } from "./api.js";
import { charts } from "./chart.js";
import { button, labelled, make, unfoldInvalid } from "./dom.js";
import { problems } from "./frame.js";
import { optionFields } from "./options.js";
import { mainScore } from "./scores.js";

export const name = "runs";
export const nav = "Trainings";
export const title = "Train a network";
export const lead =
  "One training at a time; the others wait. A finished network answers on this page at once.";
export const useful = (service) => service.allow_training;

// The other settings are folded away.
const FIRST = ["preset", "model", "dataset", "corpus", "pairs", "baskets", "base", "epochs", "seed"];
const STATES = {
  running: "running",
  stopped: "stopped",
  finished: "finished",
  waiting: "waiting for its turn",
  failed: "failed",
};

/**
 * One training: built once, filled whenever its state changes.
 * @param {function(Object): Object|undefined} networkOf the network of a run that answers here
 * @param {function(): void} changed called when other trainings may have another state now
 */
function card(run, networkOf, wrong, changed) {
  const state = make("span", { class: "state", role: "status" });
  const progress = make("progress", { max: 1, value: 0, "aria-label": `Progress of ${run.id}` });
  const told = make("p", { class: "note" });
  const pictures = make("div", { class: "charts" });
  const curves = make(
    "p",
    { class: "note curves", hidden: true },
    make("span", { class: "held" }, "held-out data"),
    make("span", {}, "training data"),
  );
  const problem = make("p", { class: "problem", hidden: true });
  const command = make("code");
  let following = null;

  const order = (what) => async () => {
    try {
      fill(await act(run.id, what));
      wrong.tell("");
      changed();
    } catch (error) {
      wrong.tell(error.message);
    }
  };
  const stop = button("Stop", order("stop"), { class: "small", "aria-label": `Stop ${run.id}` });
  const resume = button("Resume", order("resume"), { class: "small", "aria-label": `Resume ${run.id}` });
  const use = make("a", { class: "button", hidden: true }, "Ask it");

  const follow = async () => {
    if (following) return;
    following = new AbortController();
    try {
      for await (const next of followed(run.id, following.signal)) fill(next);
      if (run.state === "running") changed(); // it is gone: it was stopped before it began
    } catch {
      /* the page tells it when the server is gone */
    }
    following = null;
  };

  function link() {
    const network = run.state === "finished" && networkOf(run);
    use.hidden = !network;
    if (network) use.href = `#${run.experiment}/${encodeURIComponent(network.id)}`;
  }
  function fill(next) {
    const [wasRunning, wasFinished] = [run.state === "running", run.state === "finished"];
    run = next;
    state.textContent = STATES[run.state] ?? run.state;
    state.dataset.state = run.state;
    progress.value = run.epochs ? run.epoch / run.epochs : 0;
    progress.hidden = run.state === "finished";
    const begins = run.state === "running" ? "getting ready …" : "";
    told.textContent =
      mainScore(run.experiment, run) ?? (run.epochs ? `epoch ${run.epoch} of ${run.epochs}` : begins);
    const focused = document.activeElement;
    stop.hidden = !["running", "waiting"].includes(run.state);
    resume.hidden = !["stopped", "failed"].includes(run.state);
    if (focused === stop && stop.hidden) resume.focus();
    if (focused === resume && resume.hidden) stop.focus();
    link();
    problem.hidden = !run.error;
    problem.textContent = run.error ?? "";
    command.textContent = run.command ?? "";
    pictures.replaceChildren(...charts(run.history ?? [], run.epochs));
    curves.hidden = !pictures.children.length;
    // Only one: a browser opens no more than six connections to a server.
    if (run.state === "running") follow();
    if (!wasFinished && run.state === "finished") dispatchEvent(new Event("trained"));
    if (wasRunning && run.state !== "running") changed();
  }
  const element = make(
    "li",
    { class: "card run" },
    make("div", { class: "head" }, make("h3", {}, run.id), state, stop, resume, use),
    progress,
    told,
    problem,
    pictures,
    curves,
    make("p", { class: "note" }, command),
  );
  fill(run);
  return { element, fill, link };
}

/** @param {string[]} names of the experiments, also of those that no network of the server belongs to */
export async function start(place, service, names) {
  const wrong = problems();
  const experiments = make("select", {}, ...names.map((one) => new Option(one, one)));
  const settings = make("div", { class: "form" });
  const list = make("ul", { class: "runs" });
  const known = new Map();
  let values = () => ({});
  const begin = make("button", { class: "main", disabled: true }, "Start");

  // Only the newest of each experiment, and those that were trained here, answer on this page.
  const networkOf = ({ experiment, id }) =>
    service.experiments
      .find(({ name }) => name === experiment)
      ?.networks.find((network) => `${network.id}/`.startsWith(`runs/${id}/`));
  const guarded = async (work) => {
    try {
      await work();
      wrong.tell("");
    } catch (error) {
      wrong.tell(error.message);
    }
  };
  const fill = () =>
    guarded(async () => {
      begin.disabled = true; // the settings are still those of the experiment before
      settings.replaceChildren();
      const wanted = experiments.value;
      const described = await get(`/api/runs/settings/${wanted}`);
      if (wanted !== experiments.value) return; // another one was chosen meanwhile
      const form = optionFields(described);
      values = form.values;
      const [main, rest] = [[], []];
      for (const [field, element] of form.fields) (FIRST.includes(field) ? main : rest).push(element);
      settings.replaceChildren(
        make(
          "p",
          { class: "note" },
          "What is left empty keeps its default, which may depend on preset and model.",
        ),
        ...main,
        make("details", {}, make("summary", {}, "All settings"), make("div", { class: "form" }, ...rest)),
      );
      begin.disabled = false;
    });
  const refresh = () =>
    guarded(async () => {
      const { runs } = await get("/api/runs");
      for (const run of runs)
        known.has(run.id) ? known.get(run.id).fill(run) : known.set(run.id, card(run, networkOf, wrong, refresh));
      const elements = runs.map((run) => known.get(run.id).element);
      if (!runs.length) elements.push(make("li", { class: "note" }, "No trainings yet."));
      // who stands in the right place keeps the focus
      const inPlace = elements.length === list.children.length && elements.every((one, n) => one === list.children[n]);
      if (!inPlace) list.replaceChildren(...elements);
    });

  const form = make(
    "form",
    {
      class: "form card",
      onsubmit: (event) => {
        event.preventDefault();
        guarded(async () => {
          await post("/api/runs", { experiment: experiments.value, settings: values() });
          await refresh();
        });
      },
    },
    make("h3", {}, "New training"),
    labelled("Experiment", experiments),
    settings,
    begin,
  );
  unfoldInvalid(form);
  experiments.addEventListener("change", fill);
  addEventListener("panelchange", () => {
    if (!place.hidden) refresh();
  });
  addEventListener("networkschange", () => known.forEach((one) => one.link()));
  connection.addEventListener("back", () => {
    if (begin.disabled) fill(); // the settings could not be fetched
    refresh();
  });
  place.append(wrong.element, make("div", { class: "side-by-side" }, form, list));
  await Promise.all([fill(), refresh()]);
}
