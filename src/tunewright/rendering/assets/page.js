// The page at work: engraves every tune with abcjs, plays its sound, and shows in score and text what is sounding.
// What sounds when comes with the page, made together with the sound. Times are seconds at the tune's own tempo;
// characters are positions in the ABC text.
(function () {
  "use strict";

  var NARROW = 560; // below this many CSS pixels lines of music are broken anew
  var tunes = JSON.parse(document.getElementById("tunes").textContent);
  var players = [];

  function engrave(box, tune, width, options) {
    var common = {
      add_classes: true, responsive: "resize", paddingleft: 0, paddingright: 0, paddingtop: 0, paddingbottom: 8,
      selectionColor: "currentColor", format: tune.fonts
    };
    return ABCJS.renderAbc(box, tune.abc, Object.assign(common, options))[0];
  }

  function draw(box, tune, onClick) {
    var width = Math.max(box.clientWidth, 240);
    var wide = { staffwidth: 720, expandToWidest: true, clickListener: onClick };
    if (width >= NARROW) return engrave(box, tune, width, wide);
    var narrow = {
      staffwidth: width * 1.3, clickListener: onClick,
      wrap: { minSpacing: 1.1, maxSpacing: 2.2, preferredMeasuresPerLine: 3 }
    };
    try {
      return engrave(box, tune, width, narrow);
    } catch (error) { // abcjs cannot break every tune's lines anew
      return engrave(box, tune, width, wide);
    }
  }

  // The heading above the score has the title already: begin the drawing below it.
  function cropTitle(svg) {
    var bottom = 0;
    svg.querySelectorAll(".abcjs-title").forEach(function (title) { title.style.display = "inline"; });
    svg.querySelectorAll(".abcjs-title").forEach(function (title) {
      var box = title.getBBox();
      bottom = Math.max(bottom, box.y + box.height);
      title.style.display = "";
    });
    var view = svg.viewBox.baseVal;
    svg.setAttribute("viewBox", [view.x, bottom, view.width, view.height - bottom].join(" "));
    svg.removeAttribute("style");
    svg.parentNode.removeAttribute("style");
  }

  // Where each note stands: its drawing, and the rectangle of the cursor.
  function placesOf(visual) {
    var places = new Map();
    visual.makeVoicesArray().flat().forEach(function (item) {
      var element = item.elem;
      if (!element.abcelem || element.type !== "note" || places.has(element.abcelem.startChar)) return;
      places.set(element.abcelem.startChar, {
        drawings: element.elemset.filter(Boolean), x: element.x, width: element.w, top: item.top, height: item.height
      });
    });
    return places;
  }

  function clock(seconds) {
    return Math.floor(seconds / 60) + ":" + String(Math.floor(seconds % 60)).padStart(2, "0");
  }

  function Player(article, tune) {
    this.article = article;
    this.tune = tune;
    this.box = article.querySelector(".score");
    this.audio = article.querySelector("audio");
    this.text = article.querySelector("code").firstChild;
    this.step = -1;
    this.lit = [];
    this.redraw();
    if (this.audio) this.listen();
  }

  Player.prototype.redraw = function () {
    var player = this;
    this.width = this.box.clientWidth;
    this.visual = draw(this.box, this.tune, function (element) { player.seekTo(element.startChar); });
    var svg = this.box.querySelector("svg");
    cropTitle(svg);
    this.places = placesOf(this.visual);
    this.cursor = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    this.cursor.setAttribute("class", "cursor");
    this.cursor.setAttribute("rx", "4");
    svg.insertBefore(this.cursor, svg.firstChild);
    this.step = -1;
    this.cursor.style.display = "none";
    if (this.button) this.show();
  };

  Player.prototype.listen = function () {
    var player = this, audio = this.audio, find = this.article.querySelector.bind(this.article);
    this.button = find(".play");
    this.position = find(".position");
    this.clock = find(".clock");
    audio.controls = false;
    this.button.addEventListener("click", function () { if (audio.paused) audio.play(); else audio.pause(); });
    this.position.addEventListener("input", function () { audio.currentTime = Number(player.position.value); });
    find(".rate").addEventListener("input", function (event) { player.setRate(Number(event.target.value)); });
    find(".loop input").addEventListener("change", function (event) { audio.loop = event.target.checked; });
    find(".download-audio").href = audio.src;
    audio.addEventListener("play", function () {
      players.forEach(function (other) { if (other !== player && other.audio) other.audio.pause(); });
      player.follow();
    });
    ["play", "pause", "ended", "seeked", "timeupdate"].forEach(function (event) {
      audio.addEventListener(event, function () { player.show(); });
    });
    this.setRate(1);
    this.show();
  };

  Player.prototype.setRate = function (rate) {
    this.audio.preservesPitch = true;
    this.audio.playbackRate = this.audio.defaultPlaybackRate = rate;
    var label = this.tune.beat + " = " + Math.round(this.tune.beatsPerMinute * rate);
    this.article.querySelector(".beats").textContent = label;
    this.article.querySelector(".rate").setAttribute("aria-valuetext", label);
  };

  Player.prototype.follow = function () {
    this.show();
    if (!this.audio.paused) requestAnimationFrame(this.follow.bind(this));
  };

  // The last step that has begun; a step is [start, end, [first character, character after the last], ...].
  Player.prototype.stepAt = function (time) {
    var steps = this.tune.steps, low = 0, high = steps.length;
    while (low < high) {
      var middle = (low + high) >> 1;
      if (steps[middle][0] <= time + 0.01) low = middle + 1;
      else high = middle;
    }
    return low > 0 && time < steps[low - 1][1] ? low - 1 : -1;
  };

  Player.prototype.show = function () {
    var time = this.audio.currentTime, playing = !this.audio.paused;
    this.article.classList.toggle("playing", playing);
    this.button.setAttribute("aria-label", (playing ? "Pause " : "Play ") + this.tune.title);
    this.position.value = time;
    this.position.setAttribute("aria-valuetext", clock(time));
    this.clock.textContent = clock(Math.min(time, this.tune.length)) + " / " + clock(this.tune.length);
    var step = playing || time > 0 ? this.stepAt(time) : -1;
    if (step !== this.step) this.light(step);
  };

  Player.prototype.light = function (step) {
    this.step = step;
    this.lit.forEach(function (drawing) { drawing.classList.remove("sounding"); });
    var ranges = step < 0 ? [] : this.tune.steps[step].slice(2), places = this.places;
    var now = ranges.map(function (range) { return places.get(range[0]); }).filter(Boolean);
    this.lit = now.flatMap(function (place) { return place.drawings; });
    this.lit.forEach(function (drawing) { drawing.classList.add("sounding"); });
    this.moveCursor(now[0]);
    this.markText(ranges);
  };

  Player.prototype.moveCursor = function (place) {
    this.cursor.style.display = place ? "" : "none";
    if (!place) return;
    this.cursor.setAttribute("x", place.x - 4);
    this.cursor.setAttribute("y", place.top);
    this.cursor.setAttribute("width", place.width + 8);
    this.cursor.setAttribute("height", place.height);
  };

  Player.prototype.markText = function (ranges) {
    if (!window.CSS || !CSS.highlights || !this.text) return;
    var text = this.text;
    CSS.highlights.set("sounding", new Highlight(...ranges.map(function (range) {
      var marked = new Range();
      marked.setStart(text, Math.min(range[0], text.length));
      marked.setEnd(text, Math.min(range[1], text.length));
      return marked;
    })));
  };

  // Of the times at which a note sounds, the one nearest to where we are.
  Player.prototype.seekTo = function (startChar) {
    if (!this.audio) return;
    var here = this.audio.currentTime;
    var times = this.tune.steps.filter(function (step) {
      return step.slice(2).some(function (range) { return range[0] === startChar; });
    }).map(function (step) { return step[0]; });
    times.sort(function (a, b) { return Math.abs(a - here) - Math.abs(b - here); });
    if (times.length) this.audio.currentTime = times[0];
  };

  function start(article) {
    var tune = tunes[Number(article.dataset.number) - 1];
    if (!tune.engraved) return;
    article.classList.add("ready");
    try {
      players.push(new Player(article, tune));
    } catch (error) { // its text, its reason and its plain player stay
      article.classList.remove("ready");
      var problem = document.createElement("p");
      problem.className = "problem";
      problem.textContent = "This browser could not draw the score: " + error.message;
      article.querySelector(".score").replaceChildren(problem);
    }
  }

  // Where the browser gives no access to the clipboard, the command is selected instead.
  function copy(button) {
    var code = button.parentNode.querySelector("code");
    function select() { getSelection().selectAllChildren(code); }
    function done() {
      button.textContent = "Copied";
      setTimeout(function () { button.textContent = "Copy"; }, 1500);
    }
    if (navigator.clipboard) navigator.clipboard.writeText(code.textContent).then(done, select);
    else select();
  }

  document.querySelectorAll(".copy").forEach(function (button) {
    button.addEventListener("click", function () { copy(button); });
  });
  document.querySelectorAll(".tune").forEach(start);
  var waiting = null;
  window.addEventListener("resize", function () {
    clearTimeout(waiting);
    waiting = setTimeout(function () {
      players.forEach(function (player) { if (player.box.clientWidth !== player.width) player.redraw(); });
    }, 150);
  });
})();
