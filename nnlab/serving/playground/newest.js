// Questions that come faster than answers: one on its way at a time, and the newest wins.

/**
 * @param {function(...*): Promise} work
 * @param {number} gap least milliseconds between two starts
 */
export function newest(work, gap = 0) {
  let waiting = null;
  let running = false;
  return async (...given) => {
    waiting = given;
    if (running) return;
    running = true;
    try {
      while (waiting) {
        const next = waiting;
        waiting = null;
        const started = performance.now();
        await work(...next);
        const left = gap - (performance.now() - started);
        if (left > 0) await new Promise((done) => setTimeout(done, left));
      }
    } finally {
      running = false;
    }
  };
}
