// Curves of a training, as one small picture for each measure.
import { make } from "./dom.js";
import { spaced } from "./words.js";

const NS = "http://www.w3.org/2000/svg";
const [WIDTH, HEIGHT, LEFT, PAD] = [320, 130, 44, 8];

function svg(tag, attributes, ...children) {
  const element = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const finite = (value) => typeof value === "number" && Number.isFinite(value);

/** One measure: on the training data, and on data held out if it was measured there. */
function curve(name, history, epochs) {
  const series = [
    [name, "train"],
    [`validation_${name}`, "held"],
  ]
    .map(([key, kind]) => [
      kind,
      history.filter((row) => finite(row[key])).map((row) => [row.epoch, row[key]]),
    ])
    .filter(([, points]) => points.length);
  const values = series.flatMap(([, points]) => points.map(([, value]) => value));
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const last = Math.max(epochs || 1, ...history.map((row) => row.epoch));
  const x = (epoch) => LEFT + ((WIDTH - LEFT - PAD) * epoch) / last;
  const y = (value) =>
    HEIGHT - PAD - 14 - (HEIGHT - 2 * PAD - 20) * (high > low ? (value - low) / (high - low) : 0.5);
  const text = (left, top, words, anchor) => svg("text", { x: left, y: top, "text-anchor": anchor }, words);
  const newest = series.at(-1)[1].at(-1)[1];
  const picture = svg(
    "svg",
    {
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      role: "img",
      "aria-label": `${spaced(name)} after epoch ${series.at(-1)[1].at(-1)[0]}: ${newest.toPrecision(3)}`,
    },
    svg("line", { x1: LEFT, x2: WIDTH - PAD, y1: y(low), y2: y(low) }),
    svg("line", { x1: LEFT, x2: WIDTH - PAD, y1: y(high), y2: y(high) }),
    text(LEFT - 6, y(high) + 4, high.toPrecision(3), "end"),
    text(LEFT - 6, y(low) + 4, low.toPrecision(3), "end"),
    text(LEFT, HEIGHT - 4, "0", "middle"),
    text(WIDTH - PAD, HEIGHT - 4, `epoch ${last}`, "end"),
    ...series.map(([kind, points]) =>
      points.length > 1
        ? svg("polyline", {
            class: kind,
            points: points.map(([epoch, value]) => `${x(epoch).toFixed(1)},${y(value).toFixed(1)}`).join(" "),
          })
        : svg("circle", { class: kind, cx: x(points[0][0]), cy: y(points[0][1]), r: 2.5 }),
    ),
  );
  return make("figure", { class: "chart" }, make("figcaption", {}, spaced(name)), picture);
}

/** @returns {HTMLElement[]} a picture for each measure in the history */
export function charts(history, epochs) {
  const names = [...new Set(history.flatMap(Object.keys))]
    .map((name) => name.replace(/^validation_/, ""))
    .filter(
      (name, n, all) => all.indexOf(name) === n && !["epoch", "seconds", "learning_rate"].includes(name),
    )
    .filter((name) => history.some((row) => finite(row[name]) || finite(row[`validation_${name}`])));
  return names.slice(0, 4).map((name) => curve(name, history, epochs));
}
