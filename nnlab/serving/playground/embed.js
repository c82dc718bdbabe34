// A plane of letters: see where your own lands, and what the network draws at any place.
import { inside } from "./api.js";
import { sheet } from "./canvas.js";
import { make, paint } from "./dom.js";
import { newest } from "./newest.js";
import { plane } from "./plane.js";

export const nav = "Letters";
export const title = "Place a letter in the plane";
export const lead =
  "The network squeezes 784 pixels into two numbers, and draws the letter again from these two.";

function picture(label, words) {
  const canvas = make("canvas", { class: "seen", role: "img", "aria-label": label, width: 28, height: 28 });
  return { canvas, element: make("figure", { class: "given" }, canvas, make("figcaption", {}, words)) };
}

export async function start(frame) {
  const where = make("p", { class: "answer small", role: "status" });
  const given = picture("Your picture as the network gets it", "What the network gets");
  const drawn = picture("What the decoder draws there", "What it draws at this place");
  const map = make("div", { class: "map" });
  let view = null;

  const show = ({ inside: { x, y, neighbours, image, drawn: redrawn }, notes }, moveThere) => {
    frame.remark(notes);
    const names = neighbours.map((one) => one.class).join(", ");
    where.textContent = `(${x.toFixed(2)}, ${y.toFixed(2)}): nearest training images ${names}`;
    given.element.hidden = !image;
    if (image) paint(given.canvas, image);
    if (redrawn) paint(drawn.canvas, redrawn);
    if (moveThere) view?.put(x, y, neighbours.length);
  };

  const ask = (question, moveThere) =>
    frame.try(async () => {
      if (!question) {
        where.textContent = "Nothing drawn yet";
        frame.remark();
        given.element.hidden = true;
        return;
      }
      show(await inside(frame.experiment.name, { network: frame.network.id, ...question }), moveThere);
    });
  // Drawing and moving share one line to the server: the newest of both wins.
  const look = newest(ask, 50);
  const read = async () => {
    const file = await pad.picture();
    frame.command({ file: pad.name });
    look(file ? { file } : null, true);
  };
  const visit = (x, y) => look({ options: { x, y } }, false);

  const lay = () =>
    frame.try(async () => {
      const exhibit = await frame.exhibit();
      view?.close();
      view = plane(exhibit, visit);
      map.replaceChildren(view.element);
      return exhibit;
    });

  const names = (await lay())?.class_names ?? [];
  const pad = sheet({ names, first: names.includes("w") ? "w" : (names[0] ?? "w"), change: read });
  frame.onNetwork(async () => {
    await lay();
    read();
  });
  frame.body.append(
    make(
      "div",
      { class: "places" },
      make(
        "div",
        {},
        map,
        make(
          "p",
          { class: "note", id: "plane-hint" },
          "Point anywhere, or drag, to see what the decoder draws there. With keys: arrows, faster with shift.",
        ),
      ),
      make(
        "div",
        { class: "form" },
        where,
        make("div", { class: "pair" }, given.element, drawn.element),
        pad.element,
      ),
    ),
  );
  pad.begin();
}
