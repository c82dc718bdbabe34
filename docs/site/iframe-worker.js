// Search runs in a worker, and browsers start none for pages read from the disk. There a hidden
// frame does its work.
if (location.protocol === "file:") {
  window.IFrameWorker = class extends EventTarget {
    constructor(url) {
      super();
      this.waiting = [];
      const frame = document.createElement("iframe");
      frame.hidden = true;
      frame.addEventListener("load", () => this.start(frame.contentDocument, url), { once: true });
      document.body.append(frame);
    }
    start(inside, url) {
      this.window = inside.defaultView;
      this.window.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data }));
      const script = inside.createElement("script");
      script.src = url;
      script.addEventListener("load", () => {
        this.ready = true;
        this.waiting.forEach((data) => this.postMessage(data));
      });
      inside.body.append(script);
    }
    postMessage(data) {
      if (this.ready) this.window.dispatchEvent(new MessageEvent("message", { data }));
      else this.waiting.push(data);
    }
    terminate() {}
  };
  window.Worker = window.IFrameWorker;
}
