// Networks of one experiment differ in what they do, such as the base they add in. Only the server
// knows; this asks it once for each network, and lets the reader choose.
import { exhibit } from "./api.js";
import { choice } from "./dom.js";

/**
 * @param {Object} frame
 * @param {string} legend
 * @param {function(Object): string} trait from what the server tells of a network to a word
 * @returns {Promise<{element: HTMLElement|null, of: function(): string}>} a choice, if there is one
 */
export async function traits(frame, legend, trait) {
  const { name, networks } = frame.experiment;
  const words = new Map(
    await Promise.all(networks.map(async (network) => [network.id, trait(await exhibit(name, network.id))])),
  );
  const of = () => words.get(frame.network.id);
  const different = [...new Set(words.values())];
  if (different.length < 2) return { element: null, of };
  const element = choice(legend, different, of(), (wanted) => {
    // of the same preset, if there is one
    const fitting = networks.filter((network) => words.get(network.id) === wanted);
    frame.choose(fitting.find((network) => network.preset === frame.network.preset) ?? fitting[0]);
  });
  frame.onNetwork(() => {
    for (const input of element.querySelectorAll("input")) input.checked = input.value === of();
  });
  return { element, of };
}
