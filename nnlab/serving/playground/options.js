// A form from the options that the server describes.
import { labelled, make } from "./dom.js";
import { spaced } from "./words.js";

const sentence = (text) => (text ? text[0].toUpperCase() + text.slice(1) : "");
const numeric = ({ type }) => type === "integer" || type === "number";

/** A control that is empty as long as the default holds: defaults may depend on other options. */
function control(option) {
  const { type, choices, default: preset, low, high, above } = option;
  const words = type === "boolean" ? ["true", "false"] : choices;
  if (words?.length) {
    return make(
      "select",
      {},
      new Option(preset === null ? "default" : `default (${preset})`, ""),
      ...words.map((word) => new Option(word, word)),
    );
  }
  return make("input", {
    type: numeric(option) ? "number" : "text",
    step: type === "integer" ? 1 : "any",
    min: low ?? above,
    max: high,
    placeholder: preset ?? "default",
    autocomplete: "off",
  });
}

function value(option, text) {
  if (option.type === "boolean") return text === "true";
  return numeric(option) ? Number(text) : text;
}

/**
 * @param {Object[]} options
 * @returns {{fields: Map<string, HTMLElement>, values: function(): Object}} `values` holds only what was given
 */
export function optionFields(options) {
  const fields = new Map();
  const controls = [];
  for (const option of options) {
    const input = control(option);
    const field = labelled(sentence(spaced(option.name)), input);
    const help = make("p", { class: "note", id: `${input.id}-help` }, sentence(option.help));
    input.setAttribute("aria-describedby", help.id);
    field.append(help);
    fields.set(option.name, field);
    controls.push([option, input]);
  }
  const values = () =>
    Object.fromEntries(
      controls
        .filter(([, input]) => input.value !== "")
        .map(([option, input]) => [option.name, value(option, input.value)]),
    );
  return { fields, values };
}
