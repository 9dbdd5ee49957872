// One tune, or bars of it, played on the page's synthesizer: what is asked of the server, kept, and changed while it plays.
import {post} from "../api.js";
import {debounce} from "../dom.js";
import {keepSetting, setting} from "../state.js";
import {synthesizer} from "./synth.js";

export const SLOWEST = 0.25;
export const FASTEST = 2;
const DEFAULTS = {loop: false, countIn: false, metronome: false, repeats: true, swing: 0, instrument: "", change: "0"};
const AT_ITS_END = 0.02;

/**
 * `new Practice({getText, getSelection})` plays; it fires `change` when anything that can be seen of it has changed,
 * `failed` with an error, `ended`, and `round` when a loop begins anew.
 */
export class Practice extends EventTarget {
  constructor({getText, getSelection}) {
    super();
    Object.assign(this, {getText, getSelection});
    this.options = {...DEFAULTS, ...setting("player", {})};
    this.rate = 1;
    this.tune = null; // what the server answered for `asked`
    this.given = null; // what the synthesizer has of it
    this.asked = "";
    this.resting = 0; // where it stands while the synthesizer plays something else, or nothing yet
    this.waiting = false; // a press of play waits for the sound to load
    this.more = false;
    this.reloadSoon = debounce(() => this.reload(), 150);
  }

  /** Whether the synthesizer plays this tune. */
  get mine() { return Boolean(this.synth && this.synth.owner === this); }

  get playing() { return this.mine && this.synth.state.playing; }

  get counting() { return this.playing && this.synth.state.counting; }

  /** Seconds at the tune's own tempo. */
  get position() { return this.mine && this.given ? this.synth.position : this.resting; }

  get length() { return this.tune?.length ?? 0; }

  /** The step of the cursor at the position, as the server gave it; null between notes. */
  get step() {
    const steps = (this.given || this.tune)?.steps || [];
    const at = this.position + 0.01;
    let low = 0;
    let high = steps.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (steps[middle].start <= at) low = middle + 1;
      else high = middle;
    }
    return low && at < steps[low - 1].end + 0.02 ? steps[low - 1] : null;
  }

  /** The number of the bar at the position. */
  get bar() {
    const {position} = this;
    return this.tune?.bars.filter(({start}) => start <= position + 0.01).at(-1)?.number ?? null;
  }

  async play({from = null} = {}) {
    this.waiting = true;
    this.#changed();
    try {
      const [synth, tune] = await Promise.all([this.#load(), this.ask()]);
      if (!this.waiting) return;
      if (tune.problem) throw new Error(`This cannot be played: ${tune.problem}.`);
      let start = from ?? this.position;
      if (start >= tune.length - AT_ITS_END) start = 0;
      if (!this.mine || this.given !== tune) this.#give({position: start});
      await synth.play({from: start, countIn: this.options.countIn});
    } catch (error) {
      this.dispatchEvent(new CustomEvent("failed", {detail: error}));
    } finally {
      this.waiting = false;
      this.#changed();
    }
  }

  pause() {
    this.waiting = false;
    if (this.mine) this.synth.pause();
    this.#changed();
  }

  seek(seconds) {
    this.resting = Math.max(0, Math.min(seconds, this.length));
    if (this.mine && this.given === this.tune) {
      this.synth.state = {...this.synth.state, position: this.resting, time: this.synth.context.currentTime};
      this.synth.seek(this.resting);
    }
    this.#changed();
  }

  /** Go to where a place of the text is played, of several times to the nearest. */
  seekTo(place) {
    const now = this.position;
    const starts = (this.tune?.steps || []).filter(({ranges}) => ranges.some(([start, end]) => start <= place && place < end)).map(({start}) => start);
    if (starts.length) this.seek(starts.reduce((best, start) => (Math.abs(start - now) < Math.abs(best - now) ? start : best)));
  }

  setRate(rate) {
    this.rate = Math.round(1000 * Math.max(SLOWEST, Math.min(FASTEST, rate))) / 1000;
    if (this.mine) this.synth.setRate(this.rate);
    this.#tellLoop();
    this.#changed();
  }

  /** Set an option, keep it in this browser, and let it be heard at once. */
  set(name, value) {
    this.options[name] = value;
    keepSetting("player", this.options);
    if (name === "repeats" || name === "swing") this.reloadSoon();
    else if (this.mine) this.#tellOptions();
    this.#changed();
  }

  /** The text or the selection is another one; `more` says that the tune is still being written. */
  changed({more = false} = {}) {
    this.more = more;
    this.reloadSoon();
    this.#changed();
  }

  close() {
    this.closed = true;
    this.pause();
    this.listening?.abort();
  }

  /** What the server says of the tune as it is now; asked once for each text, selection, swing and choice of repeats. */
  async ask() {
    const chosen = this.getSelection();
    const {swing, repeats} = this.options;
    const bars = chosen ? {first_bar: chosen.first, last_bar: chosen.last} : {};
    const body = {text: this.getText(), swing, repeats, ...bars};
    const key = JSON.stringify(body);
    if (key !== this.asked) {
      this.asked = key;
      this.answer = post("/api/playing", body).then((tune) => ({...tune, chosen: JSON.stringify(bars)}));
      this.answer.catch(() => { if (this.asked === key) this.asked = ""; });
    }
    const tune = await this.answer;
    if (this.asked === key && this.tune !== tune) {
      this.tune = tune;
      if (!this.mine || !this.given) this.resting = Math.min(this.resting, tune.length);
      this.#changed();
    }
    return tune;
  }

  async reload() {
    if (this.closed || !this.getText().trim()) return;
    const before = this.given || this.tune;
    const {position} = this;
    let tune;
    try {
      tune = await this.ask();
    } catch {
      return; // a text that is being edited may be no tune for a while: what plays goes on
    }
    if (!before || this.given === tune || tune.problem) return;
    const fresh = !this.playing && tune.chosen !== before.chosen;
    const shift = fresh ? null : shiftTo(tune, before, this.mine ? this.synth.state.position : position);
    if (this.mine) this.#give(shift === null ? {position: 0} : {shift});
    else this.resting = shift === null ? 0 : Math.min(position + shift, tune.length);
    this.#changed();
  }

  async #load() {
    if (!this.synth) {
      const synth = await synthesizer();
      if (this.synth) return this.synth;
      this.synth = synth;
      this.listening = new AbortController();
      const listen = (kind, hear) => synth.addEventListener(kind, (event) => { if (this.mine) hear(event.detail); }, {signal: this.listening.signal});
      listen("position", () => this.#changed());
      listen("round", (turn) => {
        this.rate = Math.round(1000 * turn.rate) / 1000;
        this.dispatchEvent(new CustomEvent("round", {detail: turn}));
        this.#changed();
      });
      listen("end", () => this.dispatchEvent(new CustomEvent("ended")));
      synth.addEventListener("owner", () => {
        if (!this.mine) this.given = null;
        this.#changed();
      }, {signal: this.listening.signal});
    }
    return this.synth;
  }

  #give(from) {
    this.given = this.tune;
    this.synth.setTune(this, this.tune, {...from, more: this.more});
    this.synth.setRate(this.rate);
    this.#tellOptions();
  }

  #tellOptions() {
    const {metronome, instrument} = this.options;
    this.synth.setMetronome(metronome);
    this.synth.setInstrument(instrument === "" ? null : Number(instrument));
    this.#tellLoop();
  }

  /** Faster at each turn goes up to the tune's own tempo; from there on, or slower, as far as it goes. */
  #tellLoop() {
    if (!this.mine || !this.given) return;
    const change = Number(this.options.change);
    const most = change > 0 && this.rate < 1 ? 1 : FASTEST;
    this.synth.setLoop(this.options.loop && !this.more ? {start: 0, end: this.given.length, change, least: SLOWEST, most} : null);
  }

  #changed() {
    this.dispatchEvent(new CustomEvent("change"));
  }
}

/** By how much later the bar at a position of `before` begins in `tune`; null if it is not there. */
function shiftTo(tune, before, position) {
  const bar = before.bars.filter(({start}) => start <= position + 0.01).at(-1);
  if (!bar) return 0;
  const shifts = tune.bars.filter(({number}) => number === bar.number).map(({start}) => start - bar.start);
  return shifts.length ? shifts.reduce((best, shift) => (Math.abs(shift) < Math.abs(best) ? shift : best)) : null;
}
