// Continue a text, character by character, tinted by how sure the network was.
import { streamed } from "./api.js";
import { button, choice, fresh, labelled, make, slider, unfoldInvalid } from "./dom.js";
import { percent, seconds } from "./words.js";

export const nav = "Writing";
export const title = "Continue a text";
export const lead = "The network reads your words and writes on, one character at a time.";

const [ONE, THREE] = ["one", "three temperatures"];
const TEMPERATURES = [0.2, 0.6, 1.0];
const TINTS = [0.1, 0.3, 0.6, 0.9]; // below the first: the strongest tint; above the last: none
const tint = (probability) => TINTS.filter((border) => probability >= border).length;

function legend() {
  const words = ["below 10 %", "10 to 30 %", "30 to 60 %", "60 to 90 %", "sure: 90 % or more"];
  return make(
    "ul",
    { class: "legend", "aria-label": "Tints: probability that the network gave the character" },
    ...words.map((text, n) =>
      make("li", {}, make("span", { class: `tint-${n}`, "aria-hidden": "true" }, "a"), text),
    ),
  );
}

/** One text that is being written. */
function page(prompt, temperature) {
  const id = fresh("text");
  const text = make("p", { class: "written", id }, make("span", { class: "prompt" }, prompt));
  const told = make("p", { class: "note", role: "status" }, "Thinking …");
  const head = temperature === null ? null : make("h3", {}, `Temperature ${temperature}`);
  const element = make(
    "section",
    {
      class: "card page",
      "aria-label": temperature === null ? "Text" : `Text at temperature ${temperature}`,
    },
    head,
    text,
    told,
  );
  let [characters, bits] = [0, 0];
  const started = performance.now();
  return {
    element,
    told,
    add({ text: piece, probabilities }) {
      const written = [...piece].map((character, n) => {
        const probability = probabilities?.[n];
        if (probability === undefined) return character;
        bits -= Math.log2(Math.max(probability, 1e-9));
        characters += 1;
        return make("span", { class: `tint-${tint(probability)}`, title: percent(probability) }, character);
      });
      text.append(...written);
    },
    note(remark) {
      element.append(make("p", { class: "note" }, remark));
    },
    end(how) {
      const mean = characters
        ? ` On average, a character surprised the network by ${(bits / characters).toFixed(2)} bits.`
        : "";
      told.textContent = `${how} ${characters} characters in ${seconds(performance.now() - started)}.${mean}`;
    },
  };
}

export function start(frame) {
  const prompt = make("textarea", { rows: 3, spellcheck: "false" });
  prompt.value = "tom looked at the river and";
  let mode = ONE;
  const temperatures = () => (mode === THREE ? TEMPERATURES : [settings.temperature.value]);
  const tell = () => frame.command(...temperatures().map(question));
  const options = Object.fromEntries(frame.experiment.options.map((option) => [option.name, option]));
  const settings = {
    temperature: slider("Temperature", {
      low: 0,
      high: 1.5,
      step: 0.05,
      value: 0.5,
      change: tell,
      words: (value) => (value === 0 ? "0: always the likeliest" : value.toFixed(2)),
    }),
    top_k: slider("Only the likeliest k (top-k)", {
      low: 0,
      high: 50,
      step: 1,
      value: 0,
      change: tell,
      words: (value) => (value === 0 ? "all" : value),
    }),
    top_p: slider("Only the likeliest p (top-p)", {
      low: 0.05,
      high: 1,
      step: 0.05,
      value: 1,
      change: tell,
      words: (value) => (value === 1 ? "all" : `${Math.round(100 * value)} %`),
    }),
    length: slider("Length", {
      low: 50,
      high: 1000,
      step: 50,
      value: 300,
      change: tell,
      words: (value) => `${value} characters`,
    }),
  };
  const seed = make("input", {
    type: "number",
    min: 0,
    max: 2 ** 31 - 1,
    step: 1,
    value: 1,
    required: true,
    oninput: () => tell(),
  });

  const given = (temperature) => ({
    length: settings.length.value,
    temperature,
    top_k: settings.top_k.value,
    top_p: settings.top_p.value,
    seed: Number(seed.value),
  });
  // What is the default anyway need not be said.
  const question = (temperature) => ({
    inputs: [prompt.value],
    options: Object.fromEntries(
      Object.entries(given(temperature)).filter(([name, value]) => value !== options[name]?.default),
    ),
  });

  const output = make("div", { class: "pages" });
  const write = make("button", { class: "main" }, "Write");
  const stop = button("Stop", () => stopping?.abort(), { disabled: true });
  let stopping = null;

  const one = async (temperature, named, signal) => {
    const written = page(prompt.value, named ? temperature : null);
    output.append(written.element);
    try {
      for await (const { event, data } of streamed(
        frame.experiment.name,
        { network: frame.network.id, ...question(temperature) },
        signal,
      )) {
        if (event === "piece") written.add(data);
        if (event === "note") written.note(data.note);
      }
      written.end("Done:");
    } catch (error) {
      written.end(error.name === "AbortError" ? "Stopped:" : "Broken off:");
      if (error.name !== "AbortError") throw error;
    }
  };

  const run = async () => {
    stopping?.abort();
    const controller = new AbortController();
    stopping = controller;
    stop.disabled = false;
    tell();
    output.replaceChildren();
    output.classList.toggle("three", mode === THREE);
    await frame.try(async () => {
      const texts = temperatures().map((temperature) => one(temperature, mode === THREE, controller.signal));
      const failed = (await Promise.allSettled(texts)).find(({ status }) => status === "rejected");
      if (failed) throw failed.reason;
    });
    if (stopping === controller) stop.disabled = true;
  };

  // On a phone the text comes first; the settings are unfolded there.
  const more = make(
    "details",
    { class: "plain", open: matchMedia("(min-width: 52.01rem)").matches },
    make("summary", {}, "Settings"),
    make(
      "div",
      { class: "form" },
      ...Object.values(settings).map(({ element }) => element),
      labelled("Seed: each one gives another text", seed),
    ),
  );
  const form = make(
    "form",
    {
      class: "form",
      onsubmit: (event) => {
        event.preventDefault();
        run();
      },
    },
    labelled("How the text begins", prompt),
    make("div", { class: "controls" }, write, stop),
    choice("Texts", [ONE, THREE], ONE, (chosen) => {
      mode = chosen;
      tell();
      settings.temperature.element.hidden = chosen === THREE;
    }),
    more,
  );
  unfoldInvalid(form);
  prompt.addEventListener("input", tell);
  frame.onNetwork(run);
  frame.body.append(make("div", { class: "side-by-side" }, form, make("div", {}, legend(), output)));
  run();
}
