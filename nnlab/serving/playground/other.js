// A panel for an experiment that this page does not know: its options, inputs, and answers in a table.
import { ask } from "./api.js";
import { droppable, fileButton, labelled, make } from "./dom.js";
import { optionFields } from "./options.js";
import { spaced } from "./words.js";

const text = (value) => (typeof value === "object" ? JSON.stringify(value) : String(value));

function table(answers) {
  const columns = [...new Set(answers.flatMap(Object.keys))];
  return make(
    "table",
    {},
    make("thead", {}, make("tr", {}, ...columns.map((name) => make("th", { scope: "col" }, spaced(name))))),
    make(
      "tbody",
      {},
      ...answers.map((answer) =>
        make("tr", {}, ...columns.map((name) => make("td", {}, text(answer[name] ?? "")))),
      ),
    ),
  );
}

function start(frame) {
  const { fields, values } = optionFields(frame.experiment.options);
  const input = make("textarea", { rows: 4, spellcheck: "false" });
  const output = make("div", {
    class: "scroll",
    tabindex: "0",
    role: "region",
    "aria-label": "Answers",
    "aria-live": "polite",
  });
  const run = (question, shown) =>
    frame.try(async () => {
      frame.command({ ...question, ...shown, options: values() });
      const answer = await (
        await ask(frame.experiment.name, { network: frame.network.id, options: values(), ...question })
      ).json();
      output.replaceChildren(table(answer.answers));
    });
  const takesText = frame.experiment.takes === "text";
  const open = (file) => run({ file }, { file: file.name });
  const form = make(
    "form",
    {
      class: "form",
      onsubmit: (event) => {
        event.preventDefault();
        run({ inputs: input.value.split("\n").filter(Boolean) }, {});
      },
    },
    takesText
      ? labelled("Inputs, one per line", input)
      : make("div", { class: "drop" }, "Drop a file here, or", fileButton("Choose a file", "", open)),
    make("details", {}, make("summary", {}, "Options"), make("div", { class: "form" }, ...fields.values())),
    takesText ? make("button", { class: "main" }, "Ask") : null,
  );
  droppable(form, open);
  frame.body.append(make("div", { class: "side-by-side" }, form, output));
}

export const panelOf = (experiment) => ({
  nav: experiment.name,
  title: experiment.name,
  lead: experiment.summary,
  start,
});
