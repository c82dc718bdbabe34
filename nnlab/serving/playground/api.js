// The server's answers, and in plain words why there is none.

/** What the reader is told; `status` is 0 if no server answered. */
export class Problem extends Error {
  constructor(message, status = 0) {
    super(message);
    this.status = status;
  }
}

/** Dispatches "gone" when the server cannot be reached, "back" when it answers again. */
export const connection = new EventTarget();
let reachable = true;

function reached(now) {
  if (now === reachable) return;
  reachable = now;
  connection.dispatchEvent(new Event(now ? "back" : "gone"));
}

/** What to throw for an error of the connection. */
function lost(error) {
  if (error.name === "AbortError") return error;
  reached(false);
  return new Problem("The server does not answer. Is nnlab serve still running?");
}

const RETRIES = 3;
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

function explained(status, text) {
  if (status === 413) return "This is too large for the server.";
  if (status === 503) return text || "The server is busy. Try again in a moment.";
  return text || `The server answered with status ${status}.`;
}

async function refusal(response) {
  const answer = await response.json().catch(() => ({}));
  return new Problem(explained(response.status, answer.error), response.status);
}

/** Fetch, and wait a little where the server is only busy. */
async function request(path, options = {}, retries = RETRIES) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    throw lost(error);
  }
  reached(true);
  if (response.ok) return response;
  if (response.status === 503 && retries > 0) {
    await pause(1000 * Math.min(5, Number(response.headers.get("Retry-After")) || 1));
    return request(path, options, retries - 1);
  }
  throw await refusal(response);
}

export const get = async (path, options) => (await request(path, options)).json();

/** Post JSON. */
export const post = (path, body, options = {}) =>
  request(path, {
    ...options,
    method: "POST",
    body: JSON.stringify(body),
    headers: { "Content-Type": "application/json", ...options.headers },
  });

/** An id in an address: a folder may have any name. */
const inPath = (id) => id.split("/").map(encodeURIComponent).join("/");

export const describe = () => get("/api");
export const modelCard = (network) => get(`/api/networks/${inPath(network)}`);

/** What a panel shows before anyone asks; if the server is gone, once it is there again. */
export async function exhibit(experiment, network) {
  for (;;) {
    try {
      return (await get(`/api/${experiment}/exhibit?${new URLSearchParams({ network })}`)).exhibit;
    } catch (error) {
      if (!(error instanceof Problem) || error.status) throw error; // else the server is gone
      await new Promise((back) => connection.addEventListener("back", back, { once: true }));
    }
  }
}

/**
 * Send a question: texts as JSON, or one file in a form.
 * @param {string} path below /api
 * @param {{network: string, inputs?: string[], file?: Blob, options?: Object}} question
 */
function send(path, { network, inputs = [], file, options = {} }, extra = {}) {
  if (!file) return post(`/api/${path}`, { inputs, network, ...options }, extra);
  const form = new FormData();
  form.append("file", file, file.name ?? "drawing.png");
  for (const [name, value] of Object.entries({ network, ...options })) form.append(name, value);
  return request(`/api/${path}`, { ...extra, method: "POST", body: form });
}

export const ask = (experiment, question, extra) => send(experiment, question, extra);
export const inside = async (experiment, question, extra) =>
  await (await send(`${experiment}/inside`, question, extra)).json();

/** One event of a stream; null for a comment. */
function parsed(block) {
  const lines = block.split("\n");
  const field = (name) =>
    lines
      .filter((line) => line.startsWith(`${name}:`))
      .map((line) => line.slice(name.length + 1).replace(/^ /, ""))
      .join("\n");
  const data = field("data");
  return data ? { event: field("event") || "message", data: JSON.parse(data) } : null;
}

/** Yield the events of a server-sent stream as {event, data}. */
export async function* events(response) {
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  let ended = false;
  try {
    for (;;) {
      const { value, done } = await reader.read().catch((error) => {
        throw lost(error);
      });
      ended = done;
      if (done) return;
      const blocks = (rest + decoder.decode(value, { stream: true })).replaceAll("\r\n", "\n").split("\n\n");
      rest = blocks.pop();
      yield* blocks.map(parsed).filter(Boolean);
    }
  } finally {
    if (!ended) reader.cancel().catch(() => {}); // whoever stops listening ends the request
  }
}

/** Yield what a stream of answers says; an error event is thrown. */
export async function* streamed(experiment, question, signal) {
  const response = await send(experiment, question, { signal, headers: { Accept: "text/event-stream" } });
  for await (const { event, data } of events(response)) {
    if (event === "error") throw new Problem(data?.error ?? "The server stopped answering.", 500);
    if (event !== "done") yield { event, data };
  }
}

/** Stop or resume a training, and return its state. */
export const act = async (run, what) => (await post(`/api/runs/${inPath(run)}/${what}`, {})).json();

/** Yield the state of a training whenever it changes. */
export async function* followed(run, signal) {
  for await (const { event, data } of events(await request(`/api/runs/${inPath(run)}/events`, { signal }))) {
    if (event === "run") yield data;
  }
}

/** Ask until the server is there again. */
export async function waitForServer() {
  while (!reachable) {
    await pause(2000);
    await fetch("/healthz").then(
      (response) => reached(response.ok),
      () => {},
    );
  }
}
