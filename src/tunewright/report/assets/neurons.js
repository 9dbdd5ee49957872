// The page at work: sorts and searches the table of units, and shows one unit: what it follows, and what it does at each
// character of a tune, in the text and on the score. The address after # names the unit. Values come as bytes: places on
// the scale, from -steps to steps.
(function () {
  "use strict";

  var data = JSON.parse(document.getElementById("data").textContent);
  var steps = (data.scale.length - 1) / 2;
  var unitOf = new Map(data.units.map(function (unit, row) { return [unit.id, row]; }));
  var body = document.querySelector("#table tbody");
  var rows = Array.from(body.rows);
  var tunes = data.tunes.map(openTune);
  var current = 0;

  function bytes(text) {
    return Int8Array.from(atob(text), function (letter) { return letter.charCodeAt(0); });
  }

  function openTune(tune, number) {
    var box = document.getElementById("tune-" + (number + 1));
    return {
      box: box, length: tune.length, areas: tune.areas, values: bytes(tune.values),
      spans: Array.from(box.querySelectorAll(".heatmap span")),
      cells: Array.from(box.querySelectorAll(".score .cell")), bars: Array.from(box.querySelectorAll(".score .bar"))
    };
  }

  function valueAt(place) {
    var share = (place / steps + 1) / 2;
    return (data.low + share * (data.high - data.low)).toFixed(2).replace("-", "−");
  }

  function colour(place) { return data.scale[place + steps]; }

  function paintText(tune, values) {
    tune.spans.forEach(function (span, place) {
      var value = values[place];
      span.className = value > 0 ? "on" : "off";
      span.style.backgroundColor = colour(value);
      span.style.setProperty("--bar", Math.abs(value) / steps);
      span.title = valueAt(value);
    });
  }

  function paintScore(tune, values) {
    tune.cells.forEach(function (cell, number) {
      var places = tune.areas[number];
      var value = Math.round(places.reduce(function (sum, place) { return sum + values[place]; }, 0) / places.length);
      var bar = tune.bars[number], top = Number(cell.getAttribute("y")), height = Number(cell.getAttribute("height"));
      cell.setAttribute("fill", colour(value));
      cell.firstChild.textContent = valueAt(value);
      bar.setAttribute("width", Number(cell.getAttribute("width")) * Math.abs(value) / steps);
      bar.setAttribute("y", value > 0 ? top : top + height - Number(bar.getAttribute("height")));
    });
  }

  function paint() {
    tunes.forEach(function (tune) {
      if (tune.box.hidden) return;
      var values = tune.values.subarray(current * tune.length, (current + 1) * tune.length);
      paintText(tune, values);
      paintScore(tune, values);
    });
  }

  function make(name, text, attributes) {
    var element = document.createElement(name);
    if (text) element.textContent = text;
    Object.keys(attributes || {}).forEach(function (key) { element.setAttribute(key, attributes[key]); });
    return element;
  }

  function capital(text) { return text.charAt(0).toUpperCase() + text.slice(1); }

  function listOf(sentences, name) {
    var list = make("ul", "", { "class": name });
    sentences.forEach(function (sentence) { list.append(make("li", capital(sentence))); });
    return list;
  }

  function effects(sentences) {
    var box = make("div");
    if (sentences.length) box.append(make("h3", "What it is for"), listOf(sentences, ""));
    return box;
  }

  function tableOf(head, rows) {
    var wide = make("div", "", { "class": "wide" }), table = make("table"), top = make("tr");
    head.forEach(function (title) { top.append(make("th", title, { scope: "col" })); });
    table.append(top);
    rows.forEach(function (cells) {
      var row = make("tr");
      cells.forEach(function (cell) { row.append(make("td", cell)); });
      table.append(row);
    });
    wide.append(table);
    return wide;
  }

  function snippets(title, found) {
    var box = make("div"), list = make("ol");
    box.append(make("h3", title));
    found.forEach(function (snippet) {
      var code = make("code"), mark = make("mark", data.signs[snippet.text[snippet.at]] || snippet.text[snippet.at]);
      mark.style.backgroundColor = colour(snippet.place);
      code.append(snippet.text.slice(0, snippet.at).join(""), mark, snippet.text.slice(snippet.at + 1).join(""));
      var item = make("li");
      item.append(code, make("span", valueAt(snippet.place) + " in " + snippet.tune, { "class": "quiet" }));
      list.append(item);
    });
    box.append(list);
    return box;
  }

  function turn(step, words) {
    var shown = rows.filter(function (row) { return !row.hidden; });
    var here = shown.findIndex(function (row) { return row.dataset.id === data.units[current].id; });
    var next = shown[here + step];
    return here >= 0 && next ? make("a", words, { href: "#" + next.dataset.id }) : "";
  }

  function show(row) {
    var unit = data.units[row], box = document.getElementById("unit");
    current = row;
    rows.forEach(function (each) {
      if (each.dataset.id === unit.id) each.setAttribute("aria-current", "true");
      else each.removeAttribute("aria-current");
    });
    var way = make("p", "", { "class": "turn" });
    way.append(turn(-1, "← before"), turn(1, "next →"));
    document.getElementById("snippets").replaceChildren(
      snippets("Of the held-out tunes, it is highest in", unit.most), snippets("and lowest in", unit.least)
    );
    box.replaceChildren(
      make("h3", capital(unit.name)), way, listOf(unit.sentences.slice(0, 1), "first"), listOf(unit.sentences.slice(1), ""),
      tableOf(data.head, unit.findings), effects(unit.effects)
    );
    document.querySelectorAll(".of-unit").forEach(function (place) { place.textContent = unit.name; });
    paint();
  }

  function open() {
    var row = unitOf.get(location.hash.slice(1));
    if (row === undefined) return false;
    show(row);
    var line = body.querySelector("[aria-current]"), frame = document.querySelector(".rows");
    if (line && !line.hidden) {
      var top = line.offsetTop - frame.querySelector("thead").offsetHeight, bottom = line.offsetTop + line.offsetHeight;
      if (top < frame.scrollTop) frame.scrollTop = top;
      else if (bottom > frame.scrollTop + frame.clientHeight) frame.scrollTop = bottom - frame.clientHeight;
    }
    return true;
  }

  function sort(button) {
    var head = button.parentNode, by = button.dataset.by, was = head.getAttribute("aria-sort");
    var numbers = by !== "label";
    var rising = was ? was === "descending" : by === "unit" || by === "label";
    document.querySelectorAll("#table th").forEach(function (each) { each.removeAttribute("aria-sort"); });
    head.setAttribute("aria-sort", rising ? "ascending" : "descending");
    rows.sort(function (a, b) {
      var one = a.dataset[by], other = b.dataset[by];
      return (numbers ? Number(one) - Number(other) : one.localeCompare(other)) * (rising ? 1 : -1);
    });
    body.append.apply(body, rows);
  }

  function search() {
    var words = document.getElementById("search").value.toLowerCase().split(/\s+/).filter(Boolean), shown = 0;
    rows.forEach(function (row) {
      row.hidden = !words.every(function (word) { // a number is that of a unit
        return /^\d+$/.test(word) ? row.dataset.number === word : row.dataset.search.indexOf(word) >= 0;
      });
      if (!row.hidden) shown += 1;
    });
    document.getElementById("count").textContent = shown + " of " + rows.length;
  }

  function pick(number) {
    tunes.forEach(function (tune, each) { tune.box.hidden = each !== number; });
    paint();
  }

  document.querySelectorAll("#table thead button").forEach(function (button) {
    button.addEventListener("click", function () { sort(button); });
  });
  document.getElementById("search").addEventListener("input", search);
  window.addEventListener("hashchange", function () {
    if (open()) document.getElementById("unit").scrollIntoView({ block: "nearest" });
  });
  var picker = document.getElementById("tune");
  if (picker) picker.addEventListener("change", function () { pick(Number(picker.value)); });
  search();
  pick(0);
  if (!open()) show(unitOf.get(data.first));
})();
