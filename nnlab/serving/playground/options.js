// A form from the options that the server describes.
import { labelled, make, tick } from "./dom.js";
import { spaced } from "./words.js";

const sentence = (text) => (text ? text[0].toUpperCase() + text.slice(1) : "");
const label = ({ name }) => sentence(spaced(name));

function control(option) {
  const { type, choices, default: preset, optional, low, high, above } = option;
  if (choices?.length) {
    const select = make("select", {}, ...(optional ? [new Option("default", "")] : []), ...choices.map((one) => new Option(one, one)));
    select.value = preset ?? "";
    return select;
  }
  const numeric = type === "integer" || type === "number";
  return make("input", { type: numeric ? "number" : "text", step: type === "integer" ? 1 : "any", min: low ?? above, max: high,
    value: preset, placeholder: optional ? "default" : null, autocomplete: "off" });
}

/**
 * @param {Object[]} options
 * @param {function(): void} change
 * @returns {{fields: Map<string, HTMLElement>, values: function(): Object}} `values` holds only what differs from the default
 */
export function optionFields(options, change = () => {}) {
  const fields = new Map();
  const read = new Map();
  for (const option of options) {
    if (option.type === "boolean" && !option.optional) {
      const box = tick(label(option), option.default, change);
      read.set(option, () => box.input.checked);
      fields.set(option.name, make("div", { class: "field" }, box.element, make("p", { class: "note" }, sentence(option.help))));
      continue;
    }
    const input = control(option);
    input.addEventListener("input", change);
    read.set(option, () => {
      if (input.value === "") return option.default;
      return option.type === "integer" || option.type === "number" ? Number(input.value)
        : option.type === "boolean" ? input.value === "true" : input.value;
    });
    const field = labelled(label(option), input);
    field.append(make("p", { class: "note" }, sentence(option.help)));
    fields.set(option.name, field);
  }
  const values = () => Object.fromEntries([...read].map(([option, value]) => [option, value()])
    .filter(([option, value]) => value !== option.default && !(value === null && option.default === undefined))
    .map(([option, value]) => [option.name, value]));
  return { fields, values };
}
