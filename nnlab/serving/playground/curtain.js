// Two pictures of the same page, one over the other: a slider uncovers the clean one.
import { fresh, make } from "./dom.js";

export function curtain() {
  const before = make("img", { alt: "The page as it was given" });
  const after = make("img", { class: "after", alt: "The same page, cleaned" });
  const edge = make("span", { class: "edge", "aria-hidden": "true" });
  const input = make("input", { type: "range", min: 0, max: 100, value: 50, id: fresh("curtain") });
  const stack = make("div", { class: "stack" }, before, after, edge);
  const move = () => {
    stack.style.setProperty("--cleaned", `${input.value}%`);
    input.setAttribute("aria-valuetext", `${input.value} % of the width shows the clean page`);
  };
  input.addEventListener("input", move);
  // The page itself can be dragged as well.
  const drag = (event) => {
    if (event.type === "pointermove" && !event.buttons) return;
    const box = stack.getBoundingClientRect();
    input.value = (100 * (event.clientX - box.left)) / box.width;
    move();
  };
  stack.addEventListener("pointerdown", (event) => {
    stack.setPointerCapture(event.pointerId);
    drag(event);
  });
  stack.addEventListener("pointermove", drag);
  move();
  const element = make(
    "div",
    { class: "curtain" },
    stack,
    make(
      "div",
      { class: "field" },
      make("label", { for: input.id, class: "unseen" }, "How much of the page shows clean"),
      input,
      make(
        "div",
        { class: "ends", "aria-hidden": "true" },
        make("span", {}, "clean on the left"),
        make("span", {}, "as given on the right"),
      ),
    ),
  );

  const addresses = new Map();
  const load = (image, blob) =>
    new Promise((done, failed) => {
      URL.revokeObjectURL(addresses.get(image));
      addresses.set(image, URL.createObjectURL(blob));
      image.onload = done;
      image.onerror = () => failed(new Error("The browser cannot show this kind of file."));
      image.src = addresses.get(image);
    });
  return { element, before: (blob) => load(before, blob), after: (blob) => load(after, blob) };
}
