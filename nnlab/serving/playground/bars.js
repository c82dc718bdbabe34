// Rows of a name, a bar and a number.
import { make } from "./dom.js";

/**
 * Return the list and a function that shows other rows in it. Rows stay the same elements where
 * their number does, so that the bars move instead of jumping.
 * @param {string} label what the list is, for screen readers
 */
export function bars(label, properties = {}) {
  const element = make("ul", { ...properties, class: `bars ${properties.class ?? ""}`, "aria-label": label });

  const row = () =>
    make(
      "li",
      {},
      make("span", { class: "name" }),
      make("span", { class: "track", "aria-hidden": "true" }, make("span", { class: "fill" })),
      make("span", { class: "number" }),
    );

  /** @param {{name: string, share: number, value: string, strong?: boolean}[]} rows */
  const show = (rows) => {
    while (element.children.length > rows.length) element.lastChild.remove();
    while (element.children.length < rows.length) element.append(row());
    rows.forEach(({ name, share, value, strong = false }, n) => {
      const [first, track, last] = element.children[n].children;
      first.textContent = name;
      last.textContent = value;
      track.firstChild.style.width = `${100 * Math.min(1, Math.max(0, share || 0))}%`;
      element.children[n].classList.toggle("strong", strong);
    });
  };
  return { element, show };
}
