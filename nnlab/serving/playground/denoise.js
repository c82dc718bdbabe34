// Drop a page, and compare it with the clean one.
import { ask } from "./api.js";
import { curtain } from "./curtain.js";
import { button, droppable, fileButton, make, save, slider, tick } from "./dom.js";
import { newest } from "./newest.js";
import { specimen } from "./specimen.js";
import { bytes, seconds } from "./words.js";

export const nav = "Pages";
export const title = "Clean a page";
export const lead = "The network removes stains, folds and wrinkles from scanned print.";

const IN_BLACK_AND_WHITE = /\.(tiff?|pdf|png|bmp|gif|pbm)$/i;

/** "scan.png" → "scan.clean.png"; formats that have no black and white become PNG. */
function cleanName(name, { binarize = false }) {
  const kept = !binarize || IN_BLACK_AND_WHITE.test(name);
  return name.replace(/(\.\w+)?$/, (extension) => `.clean${(kept && extension) || ".png"}`);
}

/** The name that the server gives to its answer, which need not be of the same kind. */
function nameIn(response) {
  const [, name] = /filename\*=UTF-8''([^;]+)/.exec(response.headers.get("Content-Disposition") ?? "") ?? [];
  return name && decodeURIComponent(name);
}

export function start(frame) {
  let page = null;
  let cleaned = null;
  let name = ""; // for the clean page
  let shown = null; // the page that the curtain shows
  const view = curtain();
  const status = make("p", { class: "note", role: "status" });
  const note = make("p", { class: "card", hidden: true });
  const strength = slider("Strength", {
    low: 0,
    high: 1,
    step: 0.05,
    value: 1,
    change: () => clean(),
    words: (value) => (value === 1 ? "all of it" : `${Math.round(100 * value)} %`),
  });
  const binarize = tick("Black and white only, for small files", false, () => clean());
  const download = button("Download the clean page", () => save(cleaned, name), {
    class: "main",
    disabled: true,
  });

  const given = () => ({
    ...(strength.value === 1 ? {} : { strength: strength.value }),
    ...(binarize.input.checked ? { binarize: true } : {}),
  });

  const compare = async () => {
    try {
      if (shown !== page) await view.before(page);
      await view.after(cleaned);
      shown = page;
      view.element.hidden = false;
      note.hidden = true;
    } catch {
      // a PDF or TIFF file
      view.element.hidden = true;
      note.textContent = `${page.name} is clean. The browser cannot show such a file here: download it.`;
      note.hidden = false;
    }
  };

  const clean = newest(
    () =>
      frame.try(async () => {
        if (!page) return;
        const asked = page;
        frame.command({ file: asked.name, options: given(), output: cleanName(asked.name, given()) });
        status.textContent = `Cleaning ${asked.name} …`;
        download.disabled = true;
        const started = performance.now();
        try {
          const response = await ask(frame.experiment.name, {
            network: frame.network.id,
            file: asked,
            options: given(),
          });
          const blob = await response.blob();
          if (asked !== page) return; // another one was opened meanwhile
          cleaned = blob;
          name = nameIn(response) ?? cleanName(asked.name, given());
          download.disabled = false;
          status.textContent = `${asked.name}: cleaned in ${seconds(performance.now() - started)}, ${bytes(cleaned.size)}`;
          await compare();
        } catch (error) {
          status.textContent = "";
          throw error;
        }
      }),
    100,
  );

  const open = (file) => {
    page = file;
    clean();
  };
  const drop = make(
    "div",
    { class: "drop" },
    make("p", {}, "Drop a page here: PNG, JPEG, TIFF or PDF"),
    fileButton("Choose a file", "image/*,.pdf,application/pdf", open),
  );
  droppable(frame.body, open);
  frame.onNetwork(clean);
  frame.body.append(
    make(
      "div",
      { class: "side-by-side" },
      make(
        "div",
        { class: "form" },
        drop,
        strength.element,
        binarize.element,
        make("div", { class: "controls" }, download),
        status,
      ),
      make("div", {}, view.element, note),
    ),
  );
  frame.try(async () => open(await specimen()));
}
