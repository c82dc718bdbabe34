// Draw a digit, and see what the network reads in it.
import { inside } from "./api.js";
import { bars } from "./bars.js";
import { sheet } from "./canvas.js";
import { make, paint, tick } from "./dom.js";
import { newest } from "./newest.js";
import { percent } from "./words.js";

export const nav = "Digits";
export const title = "Read a digit";
export const lead = "Draw a digit. The network reads it while you draw.";
export const start = (frame) => open(frame, false);

/** The same for networks that were trained on shuffled pixels. */
export const shuffled = {
  nav: "Shuffled digits",
  title: "Read a digit whose pixels are shuffled",
  lead: "The network was trained on images whose pixels are always shuffled in the same way. Draw a digit, and see what it gets.",
  start: (frame) => open(frame, true),
};

const SHOWN = 12; // more classes than this: only the likeliest

function layerFigure({ name, width, height, maps }) {
  const pictures = maps.map((pixels) => {
    const canvas = make("canvas", { "aria-hidden": "true" });
    paint(canvas, { width, height, pixels });
    return canvas;
  });
  return make(
    "figure",
    { class: "maps" },
    make(
      "figcaption",
      {},
      make("code", {}, name),
      ` ${width} × ${height} pixels, ${maps.length} of its maps`,
    ),
    make("div", {}, ...pictures),
  );
}

async function open(frame, permuted) {
  const answer = make("p", { class: "answer", role: "status" });
  const sure = make("span", { class: "sure" });
  const letter = make("strong", {}, "–");
  const doubt = make("p", { class: "doubt", role: "status" });
  answer.append(letter, sure);
  const probabilities = bars("Probability of each class", { class: "classes" });
  const seen = make("canvas", {
    class: "seen",
    role: "img",
    "aria-label": "The image as the network gets it",
    width: 28,
    height: 28,
  });
  const layers = make("div", { class: "layers" });
  const shuffle = tick("Shuffle the pixels, always in the same way", permuted, () => read());

  const show = ({ inside: { label, probability, probabilities: all, image, layers: maps }, notes }) => {
    letter.textContent = label;
    sure.textContent = `${percent(probability)} sure`;
    doubt.textContent = notes.join(" ");
    const best = Math.max(...all.map((one) => one.probability));
    const rows =
      all.length <= SHOWN ? all : [...all].sort((a, b) => b.probability - a.probability).slice(0, SHOWN);
    probabilities.show(
      rows.map((one) => ({
        name: one.label,
        share: one.probability,
        value: percent(one.probability),
        strong: one.probability === best,
      })),
    );
    paint(seen, image);
    layers.replaceChildren(...maps.map(layerFigure));
    layers.hidden = !maps.length;
  };

  const read = newest(
    () =>
      frame.try(async () => {
        const file = await pad.picture();
        const asPreset = shuffle.input.checked === permuted;
        const options = asPreset ? {} : { permuted: shuffle.input.checked };
        frame.command({ file: pad.name, options, way: asPreset ? "" : "/inside" });
        if (!file) {
          letter.textContent = "–";
          sure.textContent = "Nothing drawn yet";
          doubt.textContent = "";
          probabilities.show([]);
          seen.width = seen.width; // empties it
          layers.replaceChildren();
          return;
        }
        show(await inside(frame.experiment.name, { network: frame.network.id, file, options }));
      }),
    60,
  );

  const names = (await frame.try(frame.exhibit))?.class_names ?? [];
  const pad = sheet({ names, first: names.includes("7") ? "7" : (names[0] ?? "7"), change: read });
  frame.onNetwork(read);
  frame.body.append(
    make(
      "div",
      { class: "drawing" },
      pad.element,
      make("div", { class: "reading" }, answer, probabilities.element, doubt),
      make(
        "figure",
        { class: "given" },
        seen,
        make("figcaption", {}, "What the network gets: 28 × 28 pixels"),
        shuffle.element,
      ),
    ),
    make("h3", {}, "What its layers see"),
    layers,
  );
  pad.begin();
}
