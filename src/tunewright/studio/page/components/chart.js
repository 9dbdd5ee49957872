// Curves with their table: drawn as SVG, updated while they grow, and readable without seeing them.
import {el, loadStyle, put, svg} from "../dom.js";

/** On a phone letters are drawn larger, because the picture is smaller. */
const NARROW = matchMedia("(max-width: 719px)").matches;
const WIDTH = NARROW ? 420 : 720;
const HEIGHT = 280;
const EDGE = {left: 52, right: 16, top: 16, bottom: 40};

/**
 * A chart: `new Chart({label: "Loss", x: "Epoch", y: "nats per character"})`, with `.element` and `.update(series)`.
 *
 * A series is `{name, points: [[x, y], ...], dashed, drawnOnly}`; what is only drawn is left out of the table. `format` says a value of y in words; numbers have three digits
 * after the point otherwise.
 */
export class Chart {
  constructor({label, x, y, series = [], format = (value) => value.toFixed(3)}) {
    Object.assign(this, {label, x, y, format});
    loadStyle("chart");
    this.picture = svg("svg", {viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label});
    this.legend = el("ul.chart-legend");
    this.table = el("table");
    this.said = el("p.chart-said.figures", {"aria-hidden": "true"}, "\u00a0");
    this.element = el("figure.chart", {}, el("div.chart-head", {}, this.legend, this.said), this.picture,
      el("details", {}, el("summary", {}, "As a table"), el("div.chart-table", {tabindex: "0", role: "region", "aria-label": `${label}, as a table`}, this.table)));
    this.picture.addEventListener("pointermove", (event) => this.#point(event));
    this.picture.addEventListener("pointerleave", () => this.#unpoint());
    this.update(series);
  }

  update(series) {
    this.series = series;
    const points = series.flatMap(({points: own}) => own).filter(([, value]) => Number.isFinite(value));
    this.scale = points.length ? scaleOf(points) : null;
    put(this.picture, this.scale ? [this.#axes(), series.map((one, number) => this.#curve(one, number)), this.mark = svg("g", {class: "chart-mark"})] : nothingYet());
    put(this.legend, series.map(({name, dashed}, number) => el("li", {}, svg("svg", {width: 22, height: 8, viewBox: "0 0 22 8", "aria-hidden": "true"}, line([[0, 4], [22, 4]], number, dashed)), name)));
    this.#fillTable();
  }

  #axes() {
    const {scale} = this;
    const rows = ticks(scale.low, scale.high, 5).map((value) => svg("g", {},
      svg("line", {class: "chart-grid", x1: EDGE.left, x2: WIDTH - EDGE.right, y1: scale.y(value), y2: scale.y(value)}),
      svg("text", {x: EDGE.left - 8, y: scale.y(value) + 4, "text-anchor": "end"}, short(value))));
    const columns = ticks(scale.first, scale.last, 8).map((value) => svg("text", {x: scale.x(value), y: HEIGHT - EDGE.bottom + 18, "text-anchor": "middle"}, short(value)));
    return svg("g", {class: "chart-axes"}, rows, columns,
      svg("text", {x: WIDTH - EDGE.right, y: HEIGHT - 6, "text-anchor": "end"}, this.x), svg("text", {x: EDGE.left, y: 10}, this.y));
  }

  #curve({points, dashed}, number) {
    const places = points.filter(([, value]) => Number.isFinite(value)).map(([x, y]) => [this.scale.x(x), this.scale.y(y)]);
    const curve = line(places, number, dashed);
    const last = places.at(-1);
    return last ? svg("g", {}, curve, svg("circle", {class: `chart-dot chart-${number % 4}`, cx: last[0], cy: last[1], r: 3.5})) : curve;
  }

  #fillTable() {
    const told = this.series.filter(({drawnOnly}) => !drawnOnly);
    const places = [...new Set(told.flatMap(({points}) => points.map(([x]) => x)))].sort((one, other) => one - other);
    const shown = places.length > 200 ? places.filter((_, at) => at % Math.ceil(places.length / 200) === 0 || at === places.length - 1) : places;
    const values = told.map(({points}) => new Map(points));
    put(this.table, el("caption.unseen", {}, this.label),
      el("thead", {}, el("tr", {}, [this.x, ...told.map(({name}) => name)].map((name) => el("th", {scope: "col"}, name)))),
      el("tbody", {}, shown.map((place) => el("tr", {}, el("th", {scope: "row"}, short(place)), values.map((own) => el("td", {}, own.has(place) ? this.format(own.get(place)) : "–"))))));
  }

  #point(event) {
    if (!this.scale) return;
    const box = this.picture.getBoundingClientRect();
    const at = this.scale.from((event.clientX - box.left) * WIDTH / box.width);
    const near = this.series.map(({points}) => points.reduce((best, point) => !best || Math.abs(point[0] - at) < Math.abs(best[0] - at) ? point : best, null));
    put(this.mark, near.map((point, number) => point && svg("circle", {class: `chart-dot chart-${number % 4}`, cx: this.scale.x(point[0]), cy: this.scale.y(point[1]), r: 5})));
    const place = near.find(Boolean);
    this.said.textContent = place ? `${this.x} ${short(place[0])}: ${near.map((point, number) => point && `${this.series[number].name} ${this.format(point[1])}`).filter(Boolean).join(", ")}` : "\u00a0";
  }

  #unpoint() {
    if (this.mark) put(this.mark);
    this.said.textContent = "\u00a0";
  }
}

function nothingYet() {
  return svg("text", {x: WIDTH / 2, y: HEIGHT / 2, "text-anchor": "middle"}, "The first figures are on their way.");
}

function line(places, number, dashed) {
  return svg("polyline", {class: `chart-line chart-${number % 4}`, points: places.map((place) => place.map((value) => value.toFixed(1)).join(",")).join(" "), "stroke-dasharray": dashed ? "5 4" : null});
}

function scaleOf(points) {
  const [xs, ys] = [0, 1].map((at) => points.map((point) => point[at]));
  const [first, last] = [Math.min(...xs), Math.max(...xs)];
  const room = (Math.max(...ys) - Math.min(...ys)) * 0.06 || Math.abs(ys[0]) * 0.1 || 1;
  const [low, high] = [Math.min(...ys) - room, Math.max(...ys) + room];
  const [across, up] = [WIDTH - EDGE.left - EDGE.right, HEIGHT - EDGE.top - EDGE.bottom];
  return {
    first, last, low, high,
    x: (value) => EDGE.left + across * (last > first ? (value - first) / (last - first) : 0.5),
    y: (value) => HEIGHT - EDGE.bottom - up * (value - low) / (high - low),
    from: (place) => first + (last - first) * (place - EDGE.left) / across,
  };
}

/** Round numbers between two values, about so many. */
function ticks(low, high, count) {
  const rough = (high - low) / count || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough);
  const first = Math.ceil(low / step);
  return Array.from({length: Math.max(1, Math.floor(high / step) - first + 1)}, (_, at) => Number(((first + at) * step).toPrecision(12)));
}

function short(value) {
  return Math.abs(value) >= 10_000 ? value.toLocaleString("en", {notation: "compact"}) : String(Number(value.toFixed(4)));
}
