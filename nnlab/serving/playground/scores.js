// How good a network is, for people who do not know the names of the scores.
import { percent, spaced } from "./words.js";

const bits = (value) => `${value.toFixed(2)} bits`;
const hundred = (value) => value.toFixed(0);
const choices = (value) => (2 ** value).toFixed(1);

/** What stands for how good each network is. `top` is the value of a full bar, `word` follows the number in a table. */
const MEASURES = {
  classify: {
    name: "accuracy",
    show: percent,
    top: 1,
    word: "read correctly",
    say: (scores) =>
      `It reads ${percent(scores.accuracy)} of the test images correctly. None of them was used in training.`,
  },
  "perm-test": {
    name: "accuracy",
    show: percent,
    top: 1,
    word: "read correctly",
    say: (scores) =>
      `It reads ${percent(scores.accuracy)} of the test images correctly, although it never saw their pixels in order.`,
  },
  textgen: {
    name: "bits_per_character",
    show: bits,
    word: "per character",
    say: (scores) =>
      `In text that it never read, each next character costs it ${scores.bits_per_character.toFixed(2)} bits: ` +
      `as if it chose among ${choices(scores.bits_per_character)} equally likely characters. Fewer are better.`,
  },
  add: {
    name: "exact_match",
    show: percent,
    top: 1,
    word: "of the sums right",
    say: (scores) =>
      `It adds ${percent(scores.exact_match)} of the test problems without any wrong digit. None of them was used in training.`,
  },
  translate: {
    name: "chrf",
    show: hundred,
    top: 100,
    word: "of 100 (chrF)",
    say: (scores) =>
      `Its translations of new sentences share ${hundred(scores.chrf)} of 100 letter groups with those of a person (chrF). ` +
      `${percent(scores.exact_match, 0)} are the same, word for word.`,
  },
  embed: {
    name: "nn_5",
    show: percent,
    top: 1,
    word: "right by neighbours",
    say: (scores) =>
      `The five nearest training images in the plane name the right class for ${percent(scores.nn_5)} of the test images.`,
  },
  recommend: {
    name: "recall_at_10",
    show: percent,
    top: 1,
    word: "found among ten",
    say: (scores) =>
      `One item was taken out of each test basket. It is among the first ten recommendations in ${percent(scores.recall_at_10)} of them.`,
  },
  denoise: {
    name: "rmse",
    show: percent,
    word: "error of a pixel",
    say: (scores) =>
      `A pixel of a cleaned test page is off by ${percent(scores.rmse)} of the way from black to white (root mean square). ` +
      (scores.character_errors === undefined
        ? "Less is better."
        : `A reading program misreads ${percent(scores.character_errors)} of the characters. Less is better.`),
  },
};

/** The score that stands for the network, in short: "99.2 %"; null where it has none. */
export function mainScore(experiment, network) {
  const [name, known] = measureOf(experiment, network);
  const value = network.scores?.[name];
  if (value === undefined) return null;
  return `${(known?.show ?? shown)(value)} ${known?.word ?? spaced(name)}`;
}

const shown = (value) => String(Number(value.toPrecision(4)));

function measureOf(experiment, network) {
  const known = MEASURES[experiment];
  const name = known?.name ?? Object.keys(network.scores ?? {})[0];
  return [name, known];
}

/**
 * Return a sentence, and rows for bars: the network and the simple methods that it has to beat.
 * @returns {{sentence: string, rows: Object[]}}
 */
export function verdict(experiment, network) {
  const [name, known] = measureOf(experiment, network);
  const own = network.scores?.[name];
  if (own === undefined) return { sentence: "It has not been scored.", rows: [] };
  const others = Object.entries(network.baselines ?? {})
    .filter(([, scores]) => scores[name] !== undefined)
    .map(([method, scores]) => [method, scores[name]]);
  const top = known?.top ?? Math.max(own, ...others.map(([, value]) => value));
  const row = (method, value, strong) => ({
    name: method,
    share: value / top,
    value: (known?.show ?? shown)(value),
    strong,
  });
  return {
    sentence: known ? known.say(network.scores) : `Its ${spaced(name)} is ${shown(own)}.`,
    rows: [row("this network", own, true), ...others.map(([method, value]) => row(method, value, false))],
  };
}
