// The player in the audio thread: a sequencer of notes and clicks over a synthesizer.
//
// It keeps time by counting samples, whatever the page is busy with: loops do not drift, and a change of tempo counts
// from the next 128 samples on. Positions are seconds at the tune's own tempo, from its first bar.
import {SoundBankLoader, SpessaSynthProcessor} from "../third_party/synthesizer.js";

const DRUMS = 9;
const CLICK = {first: [76, 112], other: [77, 88]}; // wood blocks of General MIDI, and their velocities
const CLICK_SECONDS = 0.05;
const BLOCKS_BETWEEN_REPORTS = 6; // about 17 ms
const NEARLY = 1e-6;
const REVERB = 91;
const CHORUS = 93;
const EMPTY = {notes: [], clicks: [], countIn: [], channels: [], length: 0};

class TunePlayer extends AudioWorkletProcessor {
  constructor() {
    super();
    this.synth = new SpessaSynthProcessor(sampleRate, {eventsEnabled: false});
    this.tune = EMPTY;
    this.playing = false;
    this.more = false; // more of the tune comes: wait at its end
    this.waiting = false;
    this.position = 0;
    this.lead = 0; // seconds of count-in that are left
    this.rate = 1;
    this.loop = null; // {start, end, change, least, most}
    this.round = 0;
    this.metronome = false;
    this.instrument = null;
    this.nextNote = this.nextClick = this.blocks = 0;
    this.programs = new Map(); // by channel
    this.sounding = new Map(); // by channel and pitch: the position at which it ends
    this.port.onmessage = ({data}) => this[`on_${data.kind}`](data);
  }

  on_soundfont({content}) {
    try {
      this.synth.soundBankManager.addSoundBank(SoundBankLoader.fromArrayBuffer(content), "main");
      this.programs.clear();
      this.#chooseInstruments();
      this.port.postMessage({kind: "ready"});
    } catch (error) {
      this.port.postMessage({kind: "failed", reason: String(error.message || error)});
    }
  }

  /** Another tune, from a position on; or the same one changed, moved by `shift`: what sounds goes on if that is 0. */
  on_tune({tune, position = null, shift = null, more = false}) {
    if (shift !== 0) this.#silence();
    this.tune = tune;
    this.more = more;
    this.waiting = false;
    this.position = Math.max(0, Math.min(position ?? this.position + (shift ?? 0), tune.length));
    this.#find(shift === 0 ? 0 : NEARLY);
    this.#chooseInstruments();
    this.#report();
  }

  on_play({from = null, countIn = false}) {
    if (from !== null) this.position = from;
    this.#silence();
    this.round = 0;
    this.lead = countIn && this.tune.countIn.length ? -this.tune.countIn[0].time : 0;
    this.nextLead = 0;
    this.playing = true;
    this.waiting = false;
    this.#find();
    this.#report();
  }

  on_pause() {
    this.playing = false;
    this.#silence();
    this.#report();
  }

  on_seek({position}) {
    this.#silence();
    this.lead = 0;
    this.position = Math.max(0, Math.min(position, this.tune.length));
    this.waiting = false;
    this.#find();
    this.#report();
  }

  on_rate({rate}) {
    this.rate = rate;
    this.#report();
  }

  on_loop({loop}) {
    this.loop = loop;
    this.round = 0;
  }

  on_metronome({on}) {
    this.metronome = on;
  }

  on_instrument({program}) {
    this.instrument = program;
    this.#silence();
    this.#chooseInstruments();
  }

  process(_, [[left, right = left]]) {
    if (this.playing) this.#advance(left.length / sampleRate * this.rate);
    if (this.playing || this.synth.voiceCount) this.synth.process(left, right);
    if (this.playing && (this.blocks += 1) >= BLOCKS_BETWEEN_REPORTS) this.#report();
    return true;
  }

  /** Go on by some seconds of the tune: a count-in first, then its notes, around the loop as often as they go. */
  #advance(seconds) {
    if (this.lead > 0) {
      const clicks = this.tune.countIn;
      this.lead -= seconds;
      while (this.nextLead < clicks.length && clicks[this.nextLead].time <= -this.lead - seconds + 1e-9) {
        this.#click(clicks[this.nextLead].first);
        this.nextLead += 1;
      }
      this.#endNotes(-this.lead, true);
      if (this.lead > 0) return;
      seconds = -this.lead;
      this.lead = 0;
      this.#silence();
    }
    if (this.waiting) return;
    let left = seconds;
    for (;;) {
      const end = this.loop ? Math.min(this.loop.end, this.tune.length) : this.tune.length;
      const to = Math.min(this.position + left, end);
      this.#sound(to, to < end);
      left -= to - this.position;
      this.position = to;
      if (to < end) return;
      if (!this.loop) return this.#finish();
      this.#turn();
      if (this.loop.end - this.loop.start < 0.05) return;
    }
  }

  /** Begin and end what begins and ends before a position; what begins right at it belongs to what follows. */
  #sound(to, inside) {
    const {notes, clicks} = this.tune;
    this.#endNotes(to, false);
    while (this.nextNote < notes.length && notes[this.nextNote].start < (inside ? to : to - NEARLY)) {
      const note = notes[this.nextNote];
      this.nextNote += 1;
      this.#begin(note.channel, note.pitch, note.velocity, note.start + note.length);
    }
    while (this.nextClick < clicks.length && clicks[this.nextClick].time < (inside ? to : to - NEARLY)) {
      if (this.metronome) this.#click(clicks[this.nextClick].first);
      this.nextClick += 1;
    }
  }

  #turn() {
    this.#silence();
    this.position = this.loop.start;
    this.round += 1;
    const {change = 0, least = 0.2, most = 3} = this.loop;
    if (change) this.rate = Math.max(least, Math.min(most, this.rate + change));
    this.#find();
    this.port.postMessage({kind: "round", round: this.round, rate: this.rate, time: currentTime});
  }

  #finish() {
    if (this.more) {
      this.waiting = true;
      this.#silence();
      return;
    }
    this.playing = false;
    this.position = 0;
    this.#silence();
    this.#find();
    this.port.postMessage({kind: "end"});
    this.#report();
  }

  #begin(channel, pitch, velocity, end) {
    const key = channel * 128 + pitch;
    if (this.sounding.has(key)) this.synth.noteOff(channel, pitch);
    this.synth.noteOn(channel, pitch, velocity);
    this.sounding.set(key, end);
  }

  #click(first) {
    const [pitch, velocity] = first ? CLICK.first : CLICK.other;
    const now = this.lead > 0 ? -this.lead : this.position;
    this.#begin(DRUMS, pitch, velocity, now + CLICK_SECONDS * this.rate);
  }

  #endNotes(position, leading) {
    for (const [key, end] of this.sounding) {
      if (end > position || (leading && key < DRUMS * 128)) continue;
      this.synth.noteOff(key >> 7, key & 127);
      this.sounding.delete(key);
    }
  }

  #silence() {
    for (const key of this.sounding.keys()) this.synth.noteOff(key >> 7, key & 127);
    this.sounding.clear();
  }

  /** Find the first note and click at the position or after it. */
  #find(slack = NEARLY) {
    const at = this.position - slack;
    this.nextNote = first(this.tune.notes, ({start}) => start >= at);
    this.nextClick = first(this.tune.clicks, ({time}) => time >= at);
  }

  #chooseInstruments() {
    for (const {channel, program, accompaniment} of this.tune.channels) {
      const chosen = this.instrument !== null && !accompaniment ? this.instrument : program;
      if (this.programs.get(channel) === chosen) continue;
      this.programs.set(channel, chosen);
      this.synth.programChange(channel, chosen);
      this.synth.controllerChange(channel, REVERB, 30);
      this.synth.controllerChange(channel, CHORUS, 0);
    }
  }

  #report() {
    this.blocks = 0;
    const {playing, position, rate, round, waiting} = this;
    this.port.postMessage({kind: "position", position: this.lead > 0 ? position - this.lead : position, counting: this.lead > 0,
      playing, rate, round, waiting, time: currentTime});
  }
}

/** The index of the first of `items`, which are in order, that is `late`. */
function first(items, late) {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (late(items[middle])) high = middle;
    else low = middle + 1;
  }
  return low;
}

registerProcessor("tune-player", TunePlayer);
