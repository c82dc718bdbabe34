// Building blocks of the page. Text always goes in as text, never as HTML.

/**
 * Make an element. Properties that start with "on" are listeners, the others attributes;
 * false, null and undefined leave an attribute out.
 * @param {string} tag
 * @param {Object<string, *>} properties
 * @param {...(Node|string|number|null|undefined)} children
 */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(
    ...children
      .filter((child) => child !== null && child !== undefined)
      .map((child) => (child instanceof Node ? child : String(child))),
  );
  return element;
}

let made = 0;
/** Return an id that no other element has. */
export const fresh = (name) => `${name}-${++made}`;

export const button = (text, onclick, properties = {}) =>
  make("button", { type: "button", onclick, ...properties }, text);

/** A label above or before its control. */
export function labelled(text, control, properties = {}) {
  control.id ||= fresh("field");
  return make("div", { class: "field", ...properties }, make("label", { for: control.id }, text), control);
}

/** A slider with its value beside it. `words` turns the value into text. */
export function slider(text, { low, high, step, value, words = String, change }) {
  const shown = make("output", { class: "value" }, words(value));
  const input = make("input", { type: "range", min: low, max: high, step, id: fresh("slider") });
  input.value = value;
  const tell = () => {
    shown.textContent = words(Number(input.value));
    input.setAttribute("aria-valuetext", shown.textContent);
  };
  tell();
  input.addEventListener("input", () => {
    tell();
    change?.();
  });
  shown.htmlFor = input.id;
  const element = make(
    "div",
    { class: "field slider" },
    make("label", { for: input.id }, text),
    shown,
    input,
  );
  return {
    element,
    input,
    get value() {
      return Number(input.value);
    },
  };
}

export function tick(text, checked, change) {
  const input = make("input", { type: "checkbox", id: fresh("tick"), onchange: change });
  input.checked = checked;
  return { element: make("div", { class: "tick" }, input, make("label", { for: input.id }, text)), input };
}

/** A few choices of which one holds, as radio buttons that look like one control. */
export function choice(legend, names, chosen, change) {
  const group = fresh("choice");
  const inputs = names.map((name) => {
    const input = make("input", { type: "radio", name: group, value: name, id: fresh("radio") });
    input.checked = name === chosen;
    input.addEventListener("change", () => change(name));
    return input;
  });
  return make(
    "fieldset",
    { class: "choice" },
    make("legend", {}, legend),
    make("div", {}, ...inputs.flatMap((input, n) => [input, make("label", { for: input.id }, names[n])])),
  );
}

/** Show a picture of the API, {width, height, pixels in base64}, at its own size; CSS enlarges it. */
export function paint(canvas, { width, height, pixels }) {
  const bytes = atob(pixels);
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  for (let n = 0; n < width * height; n++) {
    image.data.fill(bytes.charCodeAt(n), 4 * n, 4 * n + 3);
    image.data[4 * n + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}

/** Offer a blob as a file. */
export function save(blob, name) {
  const link = make("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** A button that lets the reader choose a file. */
export function fileButton(text, accept, onfile) {
  const input = make("input", { type: "file", accept, class: "unseen", id: fresh("file") });
  input.addEventListener("change", () => {
    if (input.files[0]) onfile(input.files[0]);
    input.value = ""; // so that the same file can be chosen again
  });
  return make("span", { class: "file" }, input, make("label", { for: input.id, class: "button" }, text));
}

/** Let files be dropped on an element. */
export function droppable(element, onfile) {
  const over = (on) => (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    element.classList.toggle("over", on);
    if (event.type === "drop" && event.dataTransfer.files[0]) onfile(event.dataTransfer.files[0]);
  };
  element.addEventListener("dragover", over(true));
  element.addEventListener("dragleave", over(false));
  element.addEventListener("drop", over(false));
}

/** Open folded sections that hide an invalid field; a browser shows no message for a hidden one. */
export function unfoldInvalid(form) {
  const unfold = ({ target }) => {
    for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  };
  form.addEventListener("invalid", unfold, true); // the event does not bubble
}
