// The parts of a browser that abcjs needs to draw a score: elements with attributes and children, an estimate of the
// width of a text, and serialisation as XML. Units are those of the score, CSS pixels.
(function (scope) {
  "use strict";

  // Advance widths of a Times-like face, in thousandths of the font size.
  var WIDTHS = [
    [200, "|"], [250, " ,.\u00a0"], [278, "/:;\\ijlt\u00ec\u00ed\u00ee\u00ef"], [333, "!'()-I[]`fr\u2018\u2019\u00cc\u00cd\u00ce\u00cf"],
    [389, "Jsš"], [444, "?acez\u201c\u201d\"\u00e0\u00e1\u00e2\u00e3\u00e4\u00e5\u00e7\u00e8\u00e9\u00ea\u00eb"],
    [480, "{}^"], [556, "FPS~ß"], [564, "+<=>"], [611, "ELTZ\u00c8\u00c9\u00ca\u00cb"], [667, "BCR\u00c7æ"],
    [722, "ADGHKNOQUVXYw\u00c0\u00c1\u00c2\u00c3\u00c4\u00c5\u00d1\u00d2\u00d3\u00d4\u00d6\u00d9\u00da\u00db\u00dc"],
    [778, "&m"], [833, "%"], [889, "MÆ"], [944, "W@"], [1000, "\u2014\u2026"]
  ];
  var OTHER_LETTER = 500;
  var WIDE_LETTER = 1000; // Chinese, Japanese, Korean and everything beyond
  var BOLD = 1.07;
  var LINE_HEIGHT = 1.15;

  var widthOf = {};
  WIDTHS.forEach(function (row) {
    Array.from(row[1]).forEach(function (letter) { widthOf[letter] = row[0]; });
  });

  function textWidth(text, size, weight) {
    var total = 0;
    Array.from(text).forEach(function (letter) {
      total += widthOf[letter] || (letter.codePointAt(0) < 0x2e80 ? OTHER_LETTER : WIDE_LETTER);
    });
    return total / 1000 * size * (weight === "bold" ? BOLD : 1);
  }

  function escapeText(text) {
    // XML 1.0 allows no control characters or lone surrogates, not even as references.
    return String(text)
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "")
      .toWellFormed()
      .replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
  }

  function Element(name) {
    this.tagName = name;
    this.names = {};
    this.children = [];
    this.style = {};
    this.parentNode = null;
    this.dataset = {};
    this.text = "";
    this.classList = { add: function () {}, remove: function () {} };
  }

  Element.prototype = {
    setAttribute: function (name, value) { this.names[name] = String(value); },
    setAttributeNS: function (space, name, value) { this.names[name] = String(value); },
    getAttribute: function (name) { return name in this.names ? this.names[name] : null; },
    removeAttribute: function (name) { delete this.names[name]; },
    addEventListener: function () {},
    appendChild: function (child) { return this.insertBefore(child, null); },
    insertBefore: function (child, next) {
      if (child.parentNode) child.parentNode.removeChild(child);
      var place = next ? this.children.indexOf(next) : -1;
      this.children.splice(place < 0 ? this.children.length : place, 0, child);
      child.parentNode = this;
      return child;
    },
    removeChild: function (child) {
      var place = this.children.indexOf(child);
      if (place >= 0) this.children.splice(place, 1);
      child.parentNode = null;
      return child;
    },
    get parentElement() { return this.parentNode; },
    get firstChild() { return this.children[0] || null; },
    get textContent() {
      return this.text + this.children.map(function (child) { return child.textContent; }).join("");
    },
    set textContent(text) { this.children = []; this.text = String(text); },
    set innerHTML(html) { this.textContent = html === "&nbsp;" ? "\u00a0" : ""; },

    // Only texts are ever measured. A text is as wide as its widest line, and as high as its lines together.
    getBBox: function () {
      var size = parseFloat(this.names["font-size"]) || 16;
      var weight = this.names["font-weight"];
      var lines = this.children.length ? this.children : [this];
      var width = Math.max.apply(null, lines.map(function (line) { return textWidth(line.textContent, size, weight); }));
      var height = size * LINE_HEIGHT * lines.length;
      var anchor = this.names["text-anchor"];
      var x = (parseFloat(this.names.x) || 0) - (anchor === "middle" ? width / 2 : anchor === "end" ? width : 0);
      return { x: x, y: (parseFloat(this.names.y) || 0) - size, width: width, height: height };
    },

    get outerHTML() {
      var names = this.names;
      var attributes = Object.keys(names).map(function (name) {
        return " " + name + '="' + escapeText(names[name]) + '"';
      }).join("");
      var inside = escapeText(this.text) + this.children.map(function (child) { return child.outerHTML; }).join("");
      return "<" + this.tagName + attributes + (inside ? ">" + inside + "</" + this.tagName + ">" : "/>");
    }
  };

  function TextNode(text) { this.textContent = text; this.parentNode = null; }
  Object.defineProperty(TextNode.prototype, "outerHTML", { get: function () { return escapeText(this.textContent); } });

  var body = new Element("body");
  scope.window = scope;
  scope.addEventListener = function () {};
  scope.navigator = { userAgent: "" };
  scope.console = { log: function () {}, warn: function () {}, error: function () {} };
  scope.document = {
    body: body,
    createElement: function (name) { return new Element(name); },
    createElementNS: function (space, name) { return new Element(name); },
    createTextNode: function (text) { return new TextNode(text); },
    querySelector: function () { return body; },
    addEventListener: function () {}
  };
})(globalThis);
