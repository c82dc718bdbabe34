// Networks of one experiment differ in what they do, such as the base they add in. Only the server
// knows; this asks it once for each network, and lets the reader choose.
import { exhibit } from "./api.js";
import { choice } from "./dom.js";

/**
 * @param {Object} frame
 * @param {string} legend
 * @param {function(Object): string} trait from what the server tells of a network to a word
 * @returns {Promise<{element: HTMLElement|null, of: function(): string|undefined,
 *   facts: function(): Object|undefined}>} a choice, if there is one; the word of the network that
 *   answers, and what the server tells of it, once they are known
 */
export async function traits(frame, legend, trait) {
  const { experiment } = frame;
  const known = new Map();
  const word = (id) => (known.has(id) ? trait(known.get(id)) : undefined);
  const learn = () =>
    Promise.all(
      experiment.networks
        .filter(({ id }) => !known.has(id))
        .map(async ({ id }) => known.set(id, await exhibit(experiment.name, id))),
    );
  await learn();
  const of = () => word(frame.network.id);
  const facts = () => known.get(frame.network.id);
  const different = [...new Set([...known.values()].map(trait))];
  if (different.length < 2) {
    addEventListener("networkschange", () => learn().catch(() => {}));
    return { element: null, of, facts };
  }
  const element = choice(legend, different, of(), (wanted) => {
    // of the same preset, if there is one
    const fitting = experiment.networks.filter((network) => word(network.id) === wanted);
    frame.choose(fitting.find((network) => network.preset === frame.network.preset) ?? fitting[0]);
  });
  const mark = () => {
    for (const input of element.querySelectorAll("input")) input.checked = input.value === of();
  };
  frame.onNetwork(mark);
  addEventListener("networkschange", () =>
    learn()
      .then(mark)
      .catch(() => {}),
  );
  return { element, of, facts };
}
