// The tour: five cards, shown at the first start and never again unless somebody asks for it.
import {el, loadStyle, put} from "./dom.js";
import {icon} from "./components/icon.js";
import {keepSetting} from "./state.js";

const STEPS = [
  {at: ".player", title: "This tune is new", text: "A network wrote it for you, and nobody has played it yet. Press Play, or the space bar."},
  {at: ".sheet .score", title: "Bars are yours to pick", text: "Click a bar, drag over several, or use the arrow keys. What you select is what is played and looped."},
  {at: ".compose", title: "Ask for another", text: "It is written while you watch. Choose key, metre or rhythm first, or leave all of it to chance."},
  {at: ".takes", title: "Nothing is lost", text: "Every take stays in this tree. Ask for more like one, change one option, and see what changed."},
  {at: ".pages", title: "And then", text: "Practise and edit under Tune, keep what you like in the Tunebook, look inside the network, or train your own."},
];
const CARD_WIDTH = 320;
const PHONE = 720;

/** Begin the tour if it was never seen, or if it is asked for. */
export async function offerTour(signal, asked = false) {
  if ((isSeen() && !asked) || document.querySelector(".tour")) return;
  await loadStyle("tour");
  if (!signal.aborted) new Tour(signal).show(0);
}

function isSeen() {
  try {
    return localStorage.getItem("tour") !== null;
  } catch {
    return true; // it could not be remembered, and would come each time
  }
}

class Tour {
  constructor(signal) {
    this.card = el("section.tour", {role: "dialog", "aria-labelledby": "tour-title", "aria-describedby": "tour-text", tabindex: "-1"});
    this.card.addEventListener("keydown", (event) => this.#key(event));
    signal.addEventListener("abort", () => this.end());
    addEventListener("resize", () => this.#place(), {signal});
    document.body.append(this.card);
    keepSetting("tour", "seen");
  }

  show(number) {
    this.number = number;
    this.#ring(null);
    const step = STEPS[number];
    if (!step) {
      this.end();
      scrollTo(0, 0);
      return;
    }
    const last = number === STEPS.length - 1;
    put(this.card,
      el("button.quiet.small.tour-close", {"aria-label": "End the tour", onclick: () => this.end()}, icon("x", {size: 16})),
      el("h2#tour-title", {}, step.title), el("p#tour-text", {}, step.text),
      el("footer", {}, el("span.faint.small-text", {}, `${number + 1} of ${STEPS.length}`),
        el("div.actions", {}, number ? el("button.button.small", {onclick: () => this.show(number - 1)}, "Back") : null,
          el("button.button.small.primary", {onclick: () => this.show(number + 1)}, last ? "Begin" : "Next"))));
    this.target = document.querySelector(step.at);
    this.#ring(this.target);
    this.target?.scrollIntoView({block: innerWidth < PHONE && step.at === ".takes" ? "start" : "nearest"});
    this.#place();
    this.card.focus({preventScroll: true});
  }

  end() {
    this.#ring(null);
    this.card.remove();
  }

  #ring(target) {
    document.querySelector(".tour-target")?.classList.remove("tour-target");
    target?.classList.add("tour-target");
  }

  /** Beside what it speaks of, where there is room; on a phone it lies at the bottom. */
  #place() {
    for (const side of ["left", "top", "bottom"]) this.card.style.removeProperty(side);
    if (!this.target) return;
    const {left, right, top, bottom} = this.target.getBoundingClientRect();
    if (innerWidth < PHONE) {
      // The player is at the bottom too, and must not be covered when the card speaks of it.
      if (this.target.matches(".player")) this.card.style.bottom = `${innerHeight - top + 12}px`;
      return;
    }
    const height = this.card.offsetHeight;
    const beside = right + 16 + CARD_WIDTH < innerWidth;
    const below = bottom + 16 + height < innerHeight;
    const x = beside ? right + 16 : Math.max(16, Math.min(right - CARD_WIDTH - 24, left + 24));
    const y = beside ? top : below ? bottom + 16 : Math.max(76, top - height - 16 > 76 ? top - height - 16 : Math.min(bottom, innerHeight) - height - 24);
    this.card.style.left = `${x}px`;
    this.card.style.top = `${y}px`;
  }

  #key(event) {
    const to = {ArrowRight: this.number + 1, ArrowLeft: Math.max(0, this.number - 1)}[event.key];
    if (event.key === "Escape") this.end();
    else if (to === undefined) return;
    else this.show(to);
    event.preventDefault();
  }
}
