// What pages hand to one another and what the browser remembers.
import {navigate} from "./router.js";

/**
 * Open a tune on its page. `provenance` is `{network, seed, link, ...}` of a composed tune, texts and numbers by name,
 * else null; `id` is its number in the tunebook, if it is there.
 */
export function openTune({text, provenance = null, id = null}) {
  sessionStorage.setItem("tune", JSON.stringify({text, provenance, id}));
  navigate(id === null ? "/tune" : `/tune?id=${encodeURIComponent(id)}`);
}

/** The tune that was opened last in this window; null if none was. */
export function openedTune() {
  return JSON.parse(sessionStorage.getItem("tune") || "null");
}

/** Remember the tune that is open, as it is now, for a reload of the page. */
export function rememberTune(tune) {
  sessionStorage.setItem("tune", JSON.stringify(tune));
}

/** A setting that this browser keeps; `otherwise` if it has none. */
export function setting(name, otherwise = null) {
  try {
    const kept = localStorage.getItem(name);
    return kept === null ? otherwise : JSON.parse(kept);
  } catch {
    return otherwise;
  }
}

/** Keep a setting; null forgets it. */
export function keepSetting(name, value) {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, JSON.stringify(value));
  } catch {
    // Storage may be forbidden or full: the setting then lasts as long as the page.
  }
}
