// The sheet: the tune that is shown or being written, with its title, score, text, and what can be done with it.
import {readHead, tagsOf} from "../abc.js";
import {icon} from "../components/icon.js";
import {Score} from "../components/score.js";
import {el, put} from "../dom.js";

/** `new ComposeSheet({keep, more, open, compare, copyLink, useSeed}, networks)`, with `.element`, `.write(text)` and `.show(take, parent)`. */
export class ComposeSheet {
  constructor(does, networks) {
    this.networks = networks;
    this.title = el("h2.tune-title");
    this.tags = el("p.tune-tags");
    this.ticker = el("div.ticker", {"aria-hidden": "true"}, this.tickerText = el("span"));
    this.score = new Score({titles: false});
    this.score.element.addEventListener("engraved", () => {
      if (performance.getEntriesByName("bar written").length) performance.measure("bar engraved", "bar written");
      performance.clearMarks("bar written");
    });
    const button = (name, picture, label, key) => el("button.button.small", {onclick: does[name], title: `${label} (${key.toUpperCase()})`}, icon(picture), el("span", {}, label.split(" as ")[0], label.includes(" as ") ? el("span.wide-only", {}, " as tune") : null));
    this.keepButton = button("keep", "bookmark", "Keep", "k");
    this.does = el("div.sheet-does", {}, this.keepButton, button("more", "git-branch", "More like this", "a"), button("open", "arrow-right", "Open as tune", "o"));
    this.origin = el("p.sheet-origin");
    this.text = el("pre.abc-text", {tabindex: "0", "aria-label": "Text of the tune, in ABC notation"});
    this.abc = el("details.sheet-text", {}, el("summary", {}, "ABC"), this.text);
    this.copy = el("button.button.small", {onclick: does.copyLink}, icon("link"), "Copy link");
    this.compare = does.compare;
    this.useSeed = does.useSeed;
    this.foot = el("footer.sheet-foot", {}, this.origin, this.copy);
    this.element = el("section.sheet.card", {"aria-label": "The tune"},
      el("header.sheet-head", {}, el("div", {}, this.title, this.tags), this.does),
      this.ticker, this.score.element, this.foot, this.abc);
  }

  /** Show a tune that is being written. */
  write(text, {waiting = 0} = {}) {
    // What stands below keeps its place until the new tune is there.
    if (!this.element.classList.contains("writing")) this.score.element.style.minHeight = `${this.score.element.offsetHeight}px`;
    this.element.classList.add("writing");
    this.does.hidden = true;
    this.foot.hidden = true;
    this.ticker.hidden = false;
    const {title} = readHead(text);
    // The line of the title may not be whole yet.
    put(this.title, title || (waiting ? "Waiting" : "Writing…"));
    put(this.tags, waiting ? `${waiting === 1 ? "One tune is" : `${waiting} tunes are`} before yours.` : tagsOf(text).join(" · ") || "\u00a0");
    this.tickerText.textContent = text.slice(-160).replaceAll("\n", " ");
    this.text.textContent = text;
    if (this.abc.open) this.text.scrollTop = this.text.scrollHeight;
    this.score.update(text, {live: true});
  }

  /** Show a take; `parent` is the one that it came from, or null. */
  show(take, parent) {
    this.element.classList.remove("writing");
    this.score.element.style.minHeight = "";
    this.does.hidden = false;
    this.foot.hidden = false;
    this.ticker.hidden = true;
    put(this.title, readHead(take.text).title || "Untitled");
    put(this.tags, tagsOf(take.text).join(" · "));
    this.text.textContent = take.text;
    this.kept(Boolean(take.kept));
    put(this.origin, this.#told(take), parent && take.why ? [" ", el("span", {}, `From ${readHead(parent.text).title || "another take"}: ${take.why}. `),
      el("button.link", {onclick: this.compare}, "See what changed")] : null);
    this.score.update(take.text);
  }

  /** Whether the tune is in the tunebook. */
  kept(is) {
    this.keepButton.setAttribute("aria-pressed", String(is));
    put(this.keepButton, icon(is ? "check" : "bookmark"), el("span", {}, is ? "Kept" : "Keep"));
  }

  #told(take) {
    const network = this.networks.find(({name}) => name === take.network)?.title || take.network;
    const temperature = take.options?.temperature;
    const seed = el("button.link", {title: "Use this seed again", onclick: () => this.useSeed(take.seed)}, `seed ${take.seed}`);
    return [`${take.stopped ? "Stopped; written" : "Written"} by ${network}, `, seed, temperature ? `, temperature ${temperature}.` : "."];
  }
}
