// One tune that is being composed: asked for, followed character by character, stopped.
import {events, post, remove} from "../api.js";
import {wholeBars} from "../components/engraving.js";

/**
 * Compose a tune: `await composeTune(options, {text(all) {...}, waiting(place) {...}}, signal)`.
 *
 * Resolves with `{text, seed, link, options, network, seconds, findings, stopped}`; a tune that was stopped has what was
 * written. `started(stop)` is called with a function that stops it.
 */
export async function composeTune(options, {text: written, waiting, started}, signal) {
  performance.mark("compose");
  const begun = await post("/api/compositions", options, {signal});
  let text = "";
  const path = `/api/compositions/${encodeURIComponent(begun.id)}`;
  started(() => remove(path).catch(() => {}));
  return new Promise((resolve, reject) => {
    const about = {seed: begun.seed, link: begun.link, network: begun.network, options: begun.options};
    signal.addEventListener("abort", () => {
      remove(path).catch(() => {});
      reject(new DOMException("left", "AbortError"));
    });
    events(`${path}/events`, {
      waiting: ({place}) => waiting(place),
      text({text: added, place}) {
        if (!text) performance.measure("first character", "compose");
        // What was written can be taken back: then a later piece begins at an earlier place.
        const whole = wholeBars(text).length;
        text = text.slice(0, place) + added;
        const pending = performance.getEntriesByName("bar written").length; // the oldest bar that is not engraved yet counts
        if (wholeBars(text).length !== whole && !pending) performance.mark("bar written");
        written(text);
      },
      done: (data) => resolve({...about, ...data, stopped: false}),
      stopped: () => resolve({...about, text, stopped: true}),
      failed: ({error}) => reject(new Error(error)),
      lost: reject,
    }, {signal});
  });
}
