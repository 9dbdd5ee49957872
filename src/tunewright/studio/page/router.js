// The router: which page an address shows. Each page is a module of `pages/`, loaded when it is first shown.
import {el, loadStyle, put} from "./dom.js";

/** Path, name in the navigation, module, stylesheet and icon of each page. */
export const PAGES = [
  {path: "/", name: "Compose", module: "compose", icon: "pen-line"},
  {path: "/tune", name: "Tune", module: "tune", icon: "music"},
  {path: "/tunebook", name: "Tunebook", module: "tunebook", icon: "book-open"},
  {path: "/neurons", name: "Neurons", module: "neurons", icon: "brain"},
  {path: "/training", name: "Training", module: "training", icon: "graduation-cap"},
  {path: "/studies", name: "Studies", module: "studies", icon: "chart-line"},
];

let leave = new AbortController();
let onShow = () => {};

/** Show the page of an address: `navigate("/tune?id=4")`. */
export function navigate(address, {replace = false} = {}) {
  history[replace ? "replaceState" : "pushState"](null, "", address);
  return show({moved: true});
}

/** Write options of the page that is open into its address, without showing it anew; null leaves one out. */
export function setParams(params) {
  const kept = Object.entries(params).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const query = new URLSearchParams(kept).toString();
  history.replaceState(null, "", location.pathname + (query ? `?${query}` : ""));
}

/** Show the address that the browser has, now and whenever it changes; `shown(page)` is called for each. */
export function start(shown) {
  onShow = shown;
  addEventListener("popstate", () => show({moved: true}));
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    if (link.origin !== location.origin || link.target || link.hasAttribute("download")) return;
    if (link.hash || !PAGES.some((page) => page.path === link.pathname)) return;
    event.preventDefault();
    navigate(link.pathname + link.search);
  });
  return show({moved: false});
}

async function show({moved}) {
  leave.abort();
  leave = new AbortController();
  const {signal} = leave;
  const page = PAGES.find(({path}) => path === location.pathname) || null;
  const main = document.getElementById("main");
  onShow(page);
  if (!page) return put(main, nowhere());
  const root = el(`div.page.page-${page.module}`);
  try {
    const [module] = await Promise.all([import(`./pages/${page.module}.js`), loadStyle(page.module)]);
    if (signal.aborted) return undefined;
    document.title = `${module.title} · Tunewright`;
    put(main, root);
    scrollTo(0, 0);
    // Who comes by a link hears where they are; who has just opened the studio begins at its top.
    if (moved) main.focus({preventScroll: true});
    await module.show(root, {params: new URLSearchParams(location.search), signal});
  } catch (error) {
    if (!signal.aborted) put(main, failure(error));
  }
  return undefined;
}

function nowhere() {
  return el("div.state", {},
    el("h1", {}, "There is no such page"),
    el("p", {}, "The address may have been mistyped."),
    el("p", {}, el("a.button", {href: "/"}, "Compose a tune")));
}

/** What stands where a page could not be shown. */
export function failure(error) {
  return el("div.state", {role: "alert"},
    el("h1", {}, "This page could not be shown"),
    el("p", {}, error.message),
    error.install ? el("p", {}, "Install what it needs: ", el("code", {}, error.install)) : null,
    el("p", {}, el("button.button", {onclick: () => show({moved: true})}, "Try again")));
}
