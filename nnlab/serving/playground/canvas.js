// A sheet to draw one character on: with mouse, pen, finger or keys, or from a file.
import { button, droppable, fileButton, fresh, labelled, make, save } from "./dom.js";
import { known, strokes } from "./strokes.js";

const SIDE = 280;
const PEN = 23; // as thick as the pen of MNIST, for a character that fills the sheet
const STEP = SIDE / 28; // one press of an arrow key
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * @param {Object} options
 * @param {string[]} options.names of the characters that examples may show
 * @param {string} options.first the example to begin with
 * @param {function(): void} options.change called when there is another picture
 */
export function sheet({ names, first, change }) {
  const hint = make(
    "p",
    { class: "note", id: fresh("hint") },
    "Mouse, pen or finger. With keys: arrows move the pen, " +
      "space puts it down or lifts it, Delete clears the sheet.",
  );
  const canvas = make("canvas", {
    width: SIDE,
    height: SIDE,
    class: "pad",
    tabindex: "0",
    role: "application",
    "aria-label": "Sheet to draw on",
    "aria-describedby": hint.id,
  });
  const ring = make("span", { class: "pen", hidden: true });
  const told = make("p", { class: "unseen", role: "status" });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  let [x, y] = [SIDE / 2, SIDE / 2];
  let down = false;
  let file = null; // a picture that was not drawn here: it is sent as it is
  let empty = true;

  const clear = () => {
    context.fillStyle = "#fff";
    context.fillRect(0, 0, SIDE, SIDE);
    file = null;
    empty = true;
  };
  const ink = () =>
    Object.assign(context, {
      strokeStyle: "#111",
      fillStyle: "#111",
      lineWidth: PEN,
      lineCap: "round",
      lineJoin: "round",
    });
  const changed = () => {
    empty = false;
    file = null;
    change();
  };

  const line = (toX, toY) => {
    ink().beginPath();
    context.moveTo(x, y);
    context.lineTo(toX + 0.01, toY); // a line of no length would not be drawn
    context.stroke();
    [x, y] = [toX, toY];
  };

  /** Write an example: through the middles between its points, so that it is round. */
  const write = (name) => {
    clear();
    for (const points of strokes(name).map((stroke) => stroke.map(([a, b]) => [a * SIDE, b * SIDE]))) {
      ink().beginPath();
      context.moveTo(...points[0]);
      for (let n = 1; n < points.length - 1; n++) {
        const [a, b] = [points[n], points[n + 1]];
        context.quadraticCurveTo(...a, (a[0] + b[0]) / 2, (a[1] + b[1]) / 2);
      }
      context.lineTo(...points.at(-1));
      context.stroke();
    }
    changed();
  };

  const show = async (picture) => {
    clear();
    try {
      const image = await createImageBitmap(picture);
      const scale = SIDE / Math.max(image.width, image.height);
      context.drawImage(
        image,
        (SIDE - image.width * scale) / 2,
        (SIDE - image.height * scale) / 2,
        image.width * scale,
        image.height * scale,
      );
    } catch {
      // the server may read what the browser cannot
      ink().font = "16px system-ui, sans-serif";
      context.fillText(picture.name.slice(0, 30), 20, SIDE / 2);
    }
    file = picture;
    empty = false;
    change();
  };

  const place = (event) => [
    (event.offsetX * SIDE) / canvas.clientWidth,
    (event.offsetY * SIDE) / canvas.clientHeight,
  ];
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !event.isPrimary) return; // one finger draws
    canvas.setPointerCapture(event.pointerId);
    ring.hidden = true;
    [x, y] = place(event);
    down = true;
    line(x, y);
    changed();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!down || !canvas.hasPointerCapture(event.pointerId)) return;
    const passed = event.getCoalescedEvents?.() ?? [];
    for (const one of passed.length ? passed : [event]) line(...place(one));
    changed();
  });
  for (const end of ["pointerup", "pointercancel"])
    canvas.addEventListener(end, (event) => {
      if (event.isPrimary) down = false;
    });

  const mark = () => {
    ring.hidden = false;
    ring.style.left = `${(100 * x) / SIDE}%`;
    ring.style.top = `${(100 * y) / SIDE}%`;
    ring.classList.toggle("down", down);
  };
  canvas.addEventListener("keydown", (event) => {
    if (event.key in ARROWS) {
      const [right, below] = ARROWS[event.key];
      const inside = (value) => Math.min(SIDE, Math.max(0, value));
      const to = [inside(x + right * STEP), inside(y + below * STEP)];
      if (down) {
        line(...to);
        changed();
      } else [x, y] = to;
    } else if (event.key === " ") {
      down = !down;
      told.textContent = down ? "Pen down" : "Pen up";
      if (down) {
        line(x, y);
        changed();
      }
    } else if (event.key === "Delete" || event.key === "Backspace") {
      clear();
      change();
    } else return;
    event.preventDefault();
    mark();
  });
  canvas.addEventListener("blur", () => {
    ring.hidden = true;
    down = false;
  });

  const examples = make(
    "select",
    {},
    new Option("choose …", ""),
    ...known(names).map((name) => new Option(name, name)),
  );
  examples.addEventListener("change", () => {
    if (examples.value) write(examples.value);
    examples.value = "";
  });
  const blob = () => new Promise((done) => canvas.toBlob(done, "image/png"));
  const paper = make("div", { class: "paper" }, canvas, ring);
  droppable(paper, show);
  const element = make(
    "div",
    { class: "sheet" },
    paper,
    hint,
    told,
    make(
      "div",
      { class: "controls" },
      button("Clear", () => {
        clear();
        change();
      }),
      fileButton("Open a picture", "image/*", show),
      button("Save", async () => save(file ?? (await blob()), file?.name ?? "drawing.png"), {
        "aria-label": "Save the drawing as drawing.png",
      }),
      labelled("Example", examples, { class: "field inline" }),
    ),
  );
  clear();
  return {
    element,
    /** The picture as a file, or null if nothing was drawn. */
    picture: async () => (empty ? null : (file ?? blob())),
    /** The name that a command would use for it. */
    get name() {
      return file?.name ?? "drawing.png";
    },
    begin: () => {
      const [example] = known([first, ...names]);
      example ? write(example) : change(); // without one, the sheet is empty
    },
  };
}
