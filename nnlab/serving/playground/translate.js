// A translation, where the network looked for each piece of it, and the nearest sentence it was trained on.
import { inside } from "./api.js";
import { labelled, make } from "./dom.js";
import { newest } from "./newest.js";
import { traits } from "./traits.js";
import { percent } from "./words.js";

export const nav = "Translation";
export const title = "Translate a sentence";
export const lead = "Everyday sentences work best: the network knows nothing else.";

const [FORWARD, BACK] = ["English to Dutch", "Dutch to English"];
const OTHER = { [FORWARD]: "first language to second", [BACK]: "second language to first" };
const EXAMPLES = {
  [FORWARD]: ["I can't find my keys.", "We drank coffee yesterday evening.", "How deep is this river?"],
  [BACK]: ["Ik kan mijn sleutels niet vinden.", "We dronken gisteravond koffie.", "Hoe diep is deze rivier?"],
};

const readable = (piece) => piece.replaceAll("▁", " ").trim() || "␣";

/** Rows: pieces of the translation. Columns: pieces of the source. The darker, the more it looked there. */
function heatMap({ source_pieces: sources, pieces, attention }) {
  const head = make(
    "tr",
    {},
    make("td"),
    ...sources.map((piece) => make("th", { scope: "col" }, readable(piece))),
  );
  const rows = pieces.map((piece, n) =>
    make(
      "tr",
      {},
      make("th", { scope: "row" }, readable(piece)),
      ...attention[n].map((share) => {
        const cell = make(
          "td",
          { class: share === Math.max(...attention[n]) ? "heat most" : "heat" },
          String(Math.round(100 * share)),
        );
        cell.style.setProperty("--share", `${Math.round(100 * share)}%`);
        return cell;
      }),
    ),
  );
  return [
    make(
      "p",
      { class: "note" },
      "How much each piece of the translation (rows) looked at each piece of the sentence (columns), in percent.",
    ),
    make(
      "div",
      { class: "scroll", tabindex: "0", role: "region", "aria-label": "Attention" },
      make(
        "table",
        { class: "heatmap", "aria-label": "Attention in percent" },
        make("thead", {}, head),
        make("tbody", {}, ...rows),
      ),
    ),
  ];
}

function beside({ source, translation }) {
  return [
    make("h3", {}, "The nearest training sentence"),
    make("p", {}, source, make("br"), make("strong", {}, translation)),
    make("p", { class: "note" }, "Whoever only looked up sentences would answer this."),
  ];
}

export async function start(frame) {
  const dutch = (name) =>
    frame.experiment.networks.every((network) => /nld-eng|sample/.test(network.dataset ?? ""))
      ? name
      : OTHER[name];
  const directions = await frame.try(() =>
    traits(frame, "Direction", ({ reverse }) => dutch(reverse ? BACK : FORWARD)),
  );
  const input = make("textarea", { rows: 3, spellcheck: "false" });
  const examples = make("div", { class: "controls" });
  const translation = make("p", { class: "translation", role: "status" }, "Translating …");
  const score = make("p", { class: "note" });
  const nearest = make("div", { class: "card", hidden: true });
  const attention = make("div");

  const translate = newest(
    () =>
      frame.try(async () => {
        const sentence = input.value.trim();
        frame.command({ inputs: [sentence] });
        if (!sentence) {
          translation.textContent = "";
          score.textContent = "";
          frame.remark();
          nearest.hidden = true;
          attention.replaceChildren();
          return;
        }
        translation.classList.add("old"); // until the new one comes
        const { inside: answer, notes } = await inside(frame.experiment.name, {
          network: frame.network.id,
          inputs: [sentence],
        });
        frame.remark(notes);
        translation.classList.remove("old");
        translation.textContent = answer.translation || "(nothing)";
        score.textContent = Number.isFinite(answer.score)
          ? `Probability of the whole translation: ${percent(Math.exp(answer.score))}`
          : "";
        nearest.hidden = !answer.nearest;
        if (answer.nearest) nearest.replaceChildren(...beside(answer.nearest));
        attention.replaceChildren(
          ...(answer.attention
            ? heatMap(answer)
            : [
                make(
                  "p",
                  { class: "note" },
                  "This network has no attention: it reads the whole sentence into one list of numbers, and writes the translation from these.",
                ),
              ]),
        );
      }),
    250,
  );

  const offer = () => {
    const sentences = EXAMPLES[directions?.of()] ?? [];
    examples.replaceChildren(
      ...sentences.map((sentence) =>
        make(
          "button",
          {
            type: "button",
            class: "small",
            onclick: () => {
              input.value = sentence;
              translate();
            },
          },
          sentence,
        ),
      ),
    );
    return sentences[0] ?? "";
  };
  input.value = offer();
  let before = directions?.of();
  frame.onNetwork(() => {
    const now = directions?.of();
    if (now && now !== before) {
      input.value = offer();
      before = now;
    }
    translate();
  });
  input.addEventListener("input", translate);
  frame.body.append(
    make(
      "div",
      { class: "two" },
      make("div", { class: "form" }, directions?.element, labelled("Sentence", input), examples),
      make(
        "div",
        { class: "form" },
        make("div", { class: "card" }, make("h3", {}, "Translation"), translation, score),
        nearest,
      ),
    ),
    make("h3", {}, "Where it looked"),
    attention,
  );
  translate();
}
