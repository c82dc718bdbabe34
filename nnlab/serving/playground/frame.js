// What all panels share: heading, choice of the network, how good it is, the command line, errors.
import { exhibit, modelCard } from "./api.js";
import { bars } from "./bars.js";
import { button, fresh, make } from "./dom.js";
import { verdict } from "./scores.js";
import { curlCommand, nnlabCommand } from "./shell.js";
import { count } from "./words.js";

/** A heading with a sentence under it. */
export function heading(title, lead) {
  const id = fresh("title");
  const element = make(
    "header",
    { class: "title" },
    make("div", {}, make("h2", { id, tabindex: "-1" }, title), make("p", { class: "lead" }, lead)),
  );
  return { element, id };
}

/** A command that can be copied. */
function copyable(label, words) {
  const code = make("code");
  const told = make("span", { class: "unseen", role: "status" });
  const copy = button(
    "Copy",
    async () => {
      try {
        await navigator.clipboard.writeText(code.textContent);
        told.textContent = "Copied";
        copy.textContent = "Copied ✓";
      } catch {
        // no clipboard without https: the text is there to be selected
        getSelection().selectAllChildren(code);
        told.textContent = "Selected";
        copy.textContent = "Selected";
      }
      setTimeout(() => {
        copy.textContent = "Copy";
        told.textContent = "";
      }, 2000);
    },
    { class: "small", "aria-label": `Copy: ${label}` },
  );
  const element = make(
    "div",
    {},
    make("p", { class: "note" }, words),
    make("div", { class: "command" }, make("pre", { tabindex: "0", "aria-label": label }, code), copy, told),
  );
  return {
    element,
    show: (text) => {
      code.textContent = text;
      element.hidden = !text;
    },
  };
}

/** Where errors are told, in place. */
export function problems() {
  const element = make("p", { class: "problem", role: "alert", hidden: true });
  return {
    element,
    tell: (text) => {
      element.textContent = text;
      element.hidden = !text;
    },
  };
}

function networkName(network) {
  const words = network.chosen || network.preset;
  return words && words !== network.id ? `${network.id}, ${words}` : network.id;
}

/** The card of a network, fetched when someone unfolds it. */
function about(current) {
  const body = make("div");
  const details = make("details", { class: "about" }, make("summary", {}, "More about this network"), body);
  let shown = null;
  const fill = async () => {
    if (!details.open || shown === current().id) return;
    shown = current().id;
    try {
      const card = await modelCard(shown);
      const layers = card.network?.nodes ?? [];
      const limits = card.limits ?? [];
      body.replaceChildren(
        make(
          "dl",
          {},
          ...Object.entries({
            "Training data": card.dataset?.name,
            Licence: card.licence,
            Weights: count(current().weights),
            "Best epoch": card.metrics?.training?.best_epoch,
            Layers: layers.map((layer) => layer.name).join(", "),
          })
            .filter(([, value]) => value !== undefined && value !== "")
            .flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]),
        ),
        limits.length ? make("p", { class: "note" }, "What it cannot do:") : "",
        make("ul", {}, ...limits.map((limit) => make("li", {}, limit))),
      );
    } catch (error) {
      shown = null;
      body.replaceChildren(make("p", { class: "problem" }, error.message));
    }
  };
  details.addEventListener("toggle", fill);
  return { element: details, fill };
}

/**
 * Open a panel in `place`.
 * @param {HTMLElement} place
 * @param {Object} experiment as /api describes it
 * @param {{title: string, lead: string}} words
 */
export function openFrame(place, experiment, { title, lead }) {
  const { element: head, id } = heading(title, lead);
  const select = make("select", { id: fresh("network") });
  const facts = make("p", { class: "facts" });
  head.append(
    make(
      "div",
      { class: "answering" },
      make("label", { for: select.id }, "Network that answers"),
      select,
      facts,
    ),
  );
  const wrong = problems();
  const remarked = make("p", { class: "remark", role: "status" });
  const body = make("div", { class: "body" });
  const sentence = make("p");
  const compared = bars("This network and simpler methods", { class: "compared" });
  const shell = copyable("command line", "In a terminal:");
  const curl = copyable("with curl", "From another program, over HTTP:");
  let chosen = experiment.networks[0];
  const card = about(() => chosen);
  const listeners = [];
  let questions = [];

  const tellCommands = () => {
    shell.show(questions.map((one) => nnlabCommand(experiment, chosen, one)).join("\n"));
    curl.show(questions.map((one) => curlCommand(experiment, chosen, one)).join("\n"));
  };
  const introduce = () => {
    const { sentence: text, rows } = verdict(experiment.name, chosen);
    sentence.textContent = text;
    compared.show(rows);
    facts.textContent = [`${count(chosen.weights)} weights`, chosen.dataset && `trained on ${chosen.dataset}`]
      .filter(Boolean)
      .join(" · ");
    tellCommands();
    card.fill();
  };
  const choose = (network) => {
    chosen = network;
    select.value = network.id;
    introduce();
    listeners.forEach((listener) => listener());
  };
  const options = () => experiment.networks.map((network) => new Option(networkName(network), network.id));
  select.append(...options());
  select.addEventListener("change", () =>
    choose(experiment.networks.find((network) => network.id === select.value)),
  );
  introduce();
  addEventListener("networkschange", () => {
    chosen = experiment.networks.find((network) => network.id === chosen.id) ?? experiment.networks[0];
    select.replaceChildren(...options());
    select.value = chosen.id;
    introduce();
  });

  place.setAttribute("aria-labelledby", id);
  place.append(
    head,
    wrong.element,
    remarked,
    body,
    make(
      "div",
      { class: "aside" },
      make(
        "section",
        { class: "card" },
        make("h3", {}, "How good is it?"),
        sentence,
        compared.element,
        card.element,
      ),
      make(
        "section",
        { class: "card" },
        make("h3", {}, "Without this page"),
        shell.element,
        curl.element,
      ),
    ),
  );

  return {
    body,
    experiment,
    get network() {
      return chosen;
    },
    choose,
    chooseById: (wanted) => {
      const network = experiment.networks.find((one) => one.id === wanted);
      if (network && network !== chosen) choose(network);
    },
    /** Call when another network was chosen. */
    onNetwork: (listener) => listeners.push(listener),
    exhibit: () => exhibit(experiment.name, chosen.id),
    /** Show how to ask the same without the page. */
    command: (...asked) => {
      questions = asked;
      tellCommands();
    },
    /** Say what the server remarked on its answer. */
    remark: (notes = []) => {
      remarked.textContent = notes.length ? `Remark: ${notes.join("; ")}.` : "";
    },
    /** Do something, and say in this panel why it failed. Returns undefined then. */
    try: async (work) => {
      try {
        const result = await work();
        wrong.tell("");
        body.classList.remove("failed");
        return result;
      } catch (error) {
        if (error.name === "AbortError") return undefined;
        wrong.tell(error.message);
        remarked.textContent = "";
        body.classList.add("failed"); // what is shown still answers an earlier question
        return undefined;
      }
    },
  };
}
