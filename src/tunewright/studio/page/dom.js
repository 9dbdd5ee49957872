// Elements of the page without markup: every text becomes a text node, whatever characters it has.

const SVG = "http://www.w3.org/2000/svg";

/**
 * Make an element: `el("button.primary#go", {onclick: run, "aria-label": "Go"}, "Go")`.
 *
 * Attributes: `on...` is a listener; `style` an object of properties; `data` an object of data- attributes; true is an
 * empty attribute; null, undefined and false leave it out. Children: nodes, texts, numbers, arrays of these; null,
 * undefined and false are left out.
 */
export function el(selector, attributes = {}, ...children) {
  return fill(document.createElement(tagOf(selector)), selector, attributes, children);
}

/** Make an SVG element, in the same way. */
export function svg(selector, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tagOf(selector)), selector, attributes, children);
}

/** Replace what a node holds. */
export function put(node, ...children) {
  node.replaceChildren(...flat(children));
  return node;
}

/** Call `run` once nothing has called for `milliseconds`. */
export function debounce(run, milliseconds) {
  let timer = 0;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => run(...given), milliseconds);
  };
}

/** Tell a screen reader something that others see happen. */
export function announce(text) {
  const region = document.getElementById("live");
  region.textContent = "";
  // A region that is emptied and filled in one step is not read when the text is the same as before.
  setTimeout(() => { region.textContent = text; }, 30);
}

/** Load a stylesheet of `style/` once; resolves when it is applied. */
export function loadStyle(name) {
  const href = `/page/style/${name}.css`;
  if (document.querySelector(`link[href="${href}"]`)) return Promise.resolve();
  return new Promise((resolve) => {
    document.head.append(el("link", {rel: "stylesheet", href, onload: resolve, onerror: resolve}));
  });
}

function tagOf(selector) {
  return selector.match(/^[a-z0-9-]+/i)[0];
}

function fill(node, selector, attributes, children) {
  for (const [, sign, name] of selector.matchAll(/([.#])([\w-]+)/g)) {
    if (sign === ".") node.classList.add(name);
    else node.id = name;
  }
  for (const [name, value] of Object.entries(attributes)) setAttribute(node, name, value);
  node.append(...flat(children));
  return node;
}

function setAttribute(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
  else if (name === "style") for (const [property, given] of Object.entries(value)) node.style.setProperty(property, given);
  else if (name === "data") Object.assign(node.dataset, value);
  else if (name === "value" && "value" in node) node.value = value;
  else node.setAttribute(name, value === true ? "" : value);
}

function flat(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
}
