// The same question for a terminal.

/** Quote a word for a POSIX shell. */
export const quoted = (word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

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
 * @param {{inputs?: string[], file?: string, options?: Object, way?: string}} question
 * @returns {string} empty if only the server can answer this
 */
export function nnlabCommand(experiment, network, { inputs = [], file, options = {}, way = "" }) {
  if (way) return "";
  return ["nnlab", experiment.name, network.flags, ...flags(options), ...words(file ? [file] : inputs)]
    .filter(Boolean)
    .join(" ");
}

/** A name in a field of a form, where "," and ";" mean something to curl. */
const inForm = (name) => (/[,;"\\]/.test(name) ? `"${name.replace(/["\\]/g, "\\$&")}"` : name);

let token = [];

/** Whether nobody gets in without the server's token. */
export function needToken(needed) {
  token = needed ? ["-H", "'authorization: Bearer TOKEN'"] : [];
}

/** The same over HTTP; `output`: where to save an answer that is a file; `way`: the end of the route, such as /inside. */
export function curlCommand(experiment, network, { inputs = [], file, options = {}, output, way = "" }) {
  const address = quoted(`${location.origin}/api/${experiment.name}${way}`);
  const given = { ...(experiment.networks.length > 1 ? { network: network.id } : {}), ...options };
  const call = ["curl", ...token];
  if (!file) {
    const body = JSON.stringify({ inputs, ...given });
    return [...call, "-H", "'content-type: application/json'", "-d", quoted(body), address].join(" ");
  }
  const fields = Object.entries(given).flatMap(([name, value]) => ["-F", quoted(`${name}=${value}`)]);
  return [
    ...call,
    "-F",
    quoted(`file=@${inForm(file)}`),
    ...fields,
    ...(output ? ["-o", quoted(output)] : []),
    address,
  ].join(" ");
}
