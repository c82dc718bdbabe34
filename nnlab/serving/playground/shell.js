// The same question for a terminal.

/** Quote a word for a POSIX shell. */
export const quoted = (word) => /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

const flag = (name) => `--${name.replaceAll("_", "-")}`;

function flags(options) {
  return Object.entries(options).flatMap(([name, value]) => {
    if (value === true) return [flag(name)];
    if (value === false) return [flag(`no-${name}`)];
    return [flag(name), quoted(String(value))];
  });
}

/** A word that begins with "-" would be taken for an option. */
function words(inputs) {
  return [...(inputs.some((input) => input.startsWith("-")) ? ["--"] : []), ...inputs.map(quoted)];
}

/**
 * @param {{name: string}} experiment
 * @param {{flags: string}} network
 * @param {{inputs?: string[], file?: string, options?: Object}} question
 */
export function nnlabCommand(experiment, network, { inputs = [], file, options = {} }) {
  return ["nnlab", experiment.name, network.flags, ...flags(options), ...words(file ? [file] : inputs)]
    .filter(Boolean).join(" ");
}

const TYPES = { pdf: "application/pdf", jpg: "image/jpeg", jpeg: "image/jpeg", tif: "image/tiff", tiff: "image/tiff" };
const typeOf = (file) => TYPES[file.split(".").pop().toLowerCase()] ?? "image/png";

/** The same over HTTP; `output` names the file for an answer that is one. */
export function curlCommand(experiment, network, { inputs = [], file, options = {}, output }) {
  const address = `${location.origin}/api/${experiment.name}`;
  const content = (type) => `-H 'content-type: ${type}'`;
  if (!file) {
    const body = JSON.stringify({ inputs, network: network.id, ...options });
    return ["curl", content("application/json"), "-d", quoted(body), quoted(address)].join(" ");
  }
  const query = new URLSearchParams({ network: network.id, ...options });
  return ["curl", content(typeOf(file)), "--data-binary", quoted(`@${file}`), ...(output ? ["-o", quoted(output)] : []),
    quoted(`${address}?${query}`)].join(" ");
}
