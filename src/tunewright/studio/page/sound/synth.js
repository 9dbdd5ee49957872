// The one synthesizer of the page: loaded at the first wish for sound, told what to play, and asked where it is.
import {ApiError} from "../api.js";

const WORKLET = "/page/sound/worklet.js";
const SOUNDFONT = "/api/soundfont";
const IDLE_SECONDS = 60;
const VOLUME = 2.4;

let loading = null;

/** The synthesizer, once it is loaded; a load that failed is tried again at the next call. */
export function synthesizer() {
  loading ??= load().catch((error) => {
    loading = null;
    throw error;
  });
  return loading;
}

async function load() {
  const context = new AudioContext({latencyHint: "interactive"});
  const [response] = await Promise.all([fetch(SOUNDFONT), context.audioWorklet.addModule(WORKLET)]);
  if (!response.ok) throw new ApiError(response.status, await response.json().catch(() => ({})));
  const made = new Synthesizer(context);
  await made.useSoundfont(await response.arrayBuffer());
  return made;
}

/**
 * Plays what `/api/playing` answers. Events: `position` (`.detail`: position, playing, counting, rate, round, waiting),
 * `round` (a loop begins anew) and `end`.
 *
 * Positions are seconds at the tune's own tempo, whatever the `rate`.
 */
export class Synthesizer extends EventTarget {
  constructor(context) {
    super();
    this.context = context;
    this.node = new AudioWorkletNode(context, "tune-player", {numberOfInputs: 0, outputChannelCount: [2]});
    this.volume = new GainNode(context, {gain: VOLUME});
    // Full chords must not be cut off at full scale.
    const limiter = new DynamicsCompressorNode(context, {threshold: -8, knee: 6, ratio: 14, attack: 0.002, release: 0.12});
    this.node.connect(this.volume).connect(limiter).connect(context.destination);
    this.state = {position: 0, playing: false, counting: false, rate: 1, round: 0, waiting: false, time: 0};
    this.owner = null;
    this.node.port.onmessage = ({data}) => this.#hear(data);
  }

  useSoundfont(content) {
    return new Promise((resolve, reject) => {
      this.fontLoaded = {resolve, reject};
      this.#tell("soundfont", {content}, [content]);
    });
  }

  /**
   * What is played from now on: of whom it is, so that others know that they no longer sound.
   *
   * It goes on from a position, or moved by `shift` from where it is; with a shift of 0 what sounds is not cut.
   */
  setTune(owner, tune, {position = null, shift = null, more = false} = {}) {
    if (this.owner !== owner) {
      this.pause();
      this.owner = owner;
      this.dispatchEvent(new CustomEvent("owner", {detail: owner}));
    }
    const {notes, clicks, count_in: countIn, channels, length} = tune;
    this.#tell("tune", {tune: {notes, clicks, countIn, channels, length}, position, shift, more});
  }

  /** Play from a position, or from where it is; with a count-in first. To be called while a press is handled. */
  async play({from = null, countIn = false} = {}) {
    clearTimeout(this.idle);
    if (this.context.state !== "running") await this.context.resume();
    this.#tell("play", {from, countIn});
  }

  pause() {
    this.#tell("pause");
    clearTimeout(this.idle);
    this.idle = setTimeout(() => this.state.playing || this.context.suspend(), 1000 * IDLE_SECONDS);
  }

  seek(position) { this.#tell("seek", {position}); }

  /** 1 is the tune's own tempo. */
  setRate(rate) { this.#tell("rate", {rate}); }

  /** Repeat from `start` to `end`; `change` is added to the rate at each turn. Null ends it. */
  setLoop(loop) { this.#tell("loop", {loop}); }

  setMetronome(on) { this.#tell("metronome", {on}); }

  /** The program of General MIDI for the melody; null for the tune's own. */
  setInstrument(program) { this.#tell("instrument", {program}); }

  /** Where the listener is, between reports too. */
  get position() {
    const {position, playing, rate, time, waiting} = this.state;
    if (!playing || waiting) return position;
    const heard = this.context.currentTime - time - (this.context.outputLatency || 0);
    return position + Math.max(-0.3, Math.min(heard, 0.3)) * rate;
  }

  #hear(data) {
    if (data.kind === "ready") return this.fontLoaded.resolve();
    if (data.kind === "failed") return this.fontLoaded.reject(new Error(`The instruments could not be read: ${data.reason}.`));
    if (data.kind === "position") this.state = data;
    this.dispatchEvent(new CustomEvent(data.kind, {detail: data}));
  }

  #tell(kind, more = {}, transfer = []) {
    this.node.port.postMessage({kind, ...more}, transfer);
  }
}
