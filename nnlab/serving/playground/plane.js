// The plane of an embedding: training images as their letters, and one point that can be moved.
import { make } from "./dom.js";

const MARGIN = 16;
const RADIUS = 11;
const STEPS = 60; // presses of an arrow key from one edge to the other
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/**
 * @param {{class_names: string[], points: number[][], x: number[], y: number[]}} exhibit
 * @param {function(number, number): void} moved called with the place to which the reader moved the point
 */
export function plane({ class_names: names, points, x: wide, y: tall }, moved) {
  const canvas = make("canvas", {
    class: "plane",
    tabindex: "0",
    role: "application",
    "aria-label": "Plane with the training images",
    "aria-describedby": "plane-hint",
  });
  const context = canvas.getContext("2d");
  let here = null;
  let near = []; // the training images that are joined to the point

  const dark = () => getComputedStyle(canvas).colorScheme === "dark";
  const colour = (label) =>
    `hsl(${Math.round((360 * label) / names.length)} ${label % 2 ? 70 : 60}% ${(dark() ? 66 : 33) + (label % 2 ? 8 : 0)}%)`;
  const place = ([x, y]) => [
    MARGIN + ((canvas.clientWidth - 2 * MARGIN) * (x - wide[0])) / (wide[1] - wide[0]),
    MARGIN + (canvas.clientHeight - 2 * MARGIN) * (1 - (y - tall[0]) / (tall[1] - tall[0])),
  ];
  const at = (left, top) => [
    wide[0] + ((wide[1] - wide[0]) * (left - MARGIN)) / (canvas.clientWidth - 2 * MARGIN),
    tall[0] + (tall[1] - tall[0]) * (1 - (top - MARGIN) / (canvas.clientHeight - 2 * MARGIN)),
  ];

  const letters = () => {
    context.font = "600 11px system-ui, sans-serif";
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (const point of points) {
      const [left, top] = place(point);
      if (left < 0 || top < 0 || left > canvas.clientWidth || top > canvas.clientHeight) continue;
      context.globalAlpha = near.includes(point) ? 1 : 0.6;
      context.fillStyle = colour(point[2]);
      context.fillText([...names[point[2]]][0], left, top);
    }
    context.globalAlpha = 1;
  };

  const target = () => {
    const style = getComputedStyle(canvas);
    const [left, top] = place(here);
    context.strokeStyle = style.getPropertyValue("--accent");
    context.lineWidth = 1;
    for (const point of near) {
      context.beginPath();
      context.moveTo(left, top);
      context.lineTo(...place(point));
      context.stroke();
    }
    context.lineWidth = 3;
    context.fillStyle = style.getPropertyValue("--raised");
    context.beginPath();
    context.arc(left, top, RADIUS, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
    context.fillStyle = context.strokeStyle;
    context.beginPath();
    context.arc(left, top, 3, 0, 2 * Math.PI);
    context.fill();
  };

  const draw = () => {
    if (!canvas.clientWidth) return;
    const ratio = devicePixelRatio || 1;
    canvas.width = Math.round(canvas.clientWidth * ratio);
    canvas.height = Math.round(canvas.clientHeight * ratio);
    context.scale(ratio, ratio);
    letters();
    if (here) target();
  };

  const between = (value, [low, high]) => Math.min(high, Math.max(low, value));
  const distance = ([x, y]) => Math.hypot(x - here[0], y - here[1]);
  /** Show the point where something lies, with its nearest training images. A place outside is shown at the edge. */
  const put = (x, y, neighbours = 5) => {
    here = [x, y];
    near = [...points].sort((a, b) => distance(a) - distance(b)).slice(0, neighbours);
    here = [between(x, wide), between(y, tall)];
    draw();
  };
  const move = (x, y) => {
    put(between(x, wide), between(y, tall));
    moved(...here);
  };

  let held = false;
  canvas.addEventListener("pointerdown", (event) => {
    held = true;
    canvas.setPointerCapture(event.pointerId);
    move(...at(event.offsetX, event.offsetY));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (held) move(...at(event.offsetX, event.offsetY));
  });
  for (const end of ["pointerup", "pointercancel"])
    canvas.addEventListener(end, () => {
      held = false;
    });
  canvas.addEventListener("keydown", (event) => {
    if (!(event.key in ARROWS)) return;
    event.preventDefault();
    const [right, up] = ARROWS[event.key];
    const speed = event.shiftKey ? 5 : 1;
    const [x, y] = here ?? at(canvas.clientWidth / 2, canvas.clientHeight / 2);
    move(x + (right * speed * (wide[1] - wide[0])) / STEPS, y + (up * speed * (tall[1] - tall[0])) / STEPS);
  });
  const size = new ResizeObserver(draw);
  size.observe(canvas);
  addEventListener("themechange", draw);
  const close = () => {
    size.disconnect();
    removeEventListener("themechange", draw);
  };
  return { element: canvas, put, close };
}
