// The shell of the studio: navigation, theme, keys, and the tour at the first start.
import {el, put} from "./dom.js";
import {icon} from "./components/icon.js";
import {listenForKeys, showKeys} from "./keys.js";
import {PAGES, start} from "./router.js";

export {announce} from "./dom.js";
export {navigate, setParams} from "./router.js";

const THEMES = [["system", "monitor", "as the system has it"], ["light", "sun", "light"], ["dark", "moon", "dark"]];

function masthead() {
  const links = PAGES.map((page) => el("a", {href: page.path}, icon(page.icon), el("span", {}, page.name)));
  put(document.querySelector(".masthead"),
    el("a.wordmark", {href: "/", "aria-label": "Tunewright, compose"}, el("img", {src: "/page/mark.svg", alt: "", width: 28, height: 28}), "Tunewright"),
    el("nav.pages", {"aria-label": "Pages"}, links),
    el("div.tools", {},
      el("button.quiet.wide-only", {onclick: showKeys, title: "Keys (?)", "aria-label": "Show the keys"}, icon("keyboard")),
      themeButton()));
  return (page) => {
    for (const link of links) {
      if (page && link.pathname === page.path) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  };
}

function themeButton() {
  const button = el("button.quiet");
  const show = () => {
    const [, picture, says] = THEMES.find(([name]) => name === theme());
    put(button, icon(picture));
    button.title = `Theme: ${says}`;
    button.setAttribute("aria-label", button.title);
  };
  button.addEventListener("click", () => {
    const at = THEMES.findIndex(([name]) => name === theme());
    setTheme(THEMES[(at + 1) % THEMES.length][0]);
    show();
  });
  show();
  return button;
}

function theme() {
  return document.documentElement.dataset.theme || "system";
}

function setTheme(name) {
  if (name === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = name;
  try {
    localStorage.setItem("theme", name);
  } catch {
    // Storage may be forbidden: the theme then lasts as long as the page.
  }
}

listenForKeys();
start(masthead());
