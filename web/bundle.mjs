// Bundles what the studio's page uses from npm: `node bundle.mjs [FOLDER]`, run where node_modules lies.
//
// Into FOLDER (else the page's third_party/) go ES modules, fonts, icons, the licences of all of it, and built.json,
// which says from which lock file and which bundle.mjs they were made: the build hook compares that.
import {createHash} from "node:crypto";
import {copyFile, mkdir, readFile, readdir, rm, writeFile} from "node:fs/promises";
import path from "node:path";
import {fileURLToPath} from "node:url";
import {build} from "esbuild";

const HERE = path.dirname(fileURLToPath(import.meta.url));
const OUT = path.resolve(process.argv[2] || path.join(HERE, "../src/tunewright/studio/page/third_party"));
const packageFile = (...parts) => path.join(HERE, "node_modules", ...parts);

/** Modules by the name of their file. Of abcjs only what engraves: sound is ours. */
const MODULES = {
  abcjs: `import renderAbc from "abcjs/src/api/abc_tunebook_svg.js"; export {renderAbc};`,
  codemirror: `export * from "@codemirror/state"; export * from "@codemirror/view"; export * from "@codemirror/commands";
    export * from "@codemirror/lint"; export * from "@codemirror/language"; export {tags} from "@lezer/highlight";`,
  synthesizer: `export {SpessaSynthProcessor, SoundBankLoader} from "spessasynth_core";`,
};

const FILES = {
  "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2": "inter.woff2",
  "@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2": "inter-extended.woff2",
  "@fontsource-variable/literata/files/literata-latin-wght-normal.woff2": "literata.woff2",
  "@fontsource-variable/literata/files/literata-latin-ext-wght-normal.woff2": "literata-extended.woff2",
  "@fontsource-variable/literata/files/literata-latin-wght-italic.woff2": "literata-italic.woff2",
};

/** Packages that a bundle does not name by itself: files are copied, or lie inside another package's bundle. */
const ALSO = ["lucide-static", "@fontsource-variable/inter", "@fontsource-variable/literata"];

/** Icons by their names in lucide. */
const ICONS = [
  "activity", "arrow-down", "arrow-left", "arrow-right", "arrow-up", "arrow-up-down", "audio-lines", "book-open", "book-plus",
  "bookmark", "brain", "chart-line", "check", "chevron-down", "chevron-left", "chevron-right", "chevron-up", "circle-alert",
  "circle-check", "circle-stop", "clock", "copy", "dices", "download", "drum", "ear", "ellipsis", "eye", "file-music",
  "file-text", "file-up", "fingerprint", "folder-open", "gauge", "git-branch", "git-compare", "graduation-cap", "grip-vertical",
  "history", "info", "keyboard", "layers", "library", "link", "list-music", "list-ordered", "metronome", "minus", "monitor",
  "moon", "music", "music-2", "notebook-pen", "pause", "pen-line", "pencil", "piano", "play", "plus", "printer", "redo-2", "refresh-cw",
  "repeat", "repeat-2", "rotate-ccw", "save", "scissors", "search", "settings-2", "share-2", "shuffle", "skip-back", "sliders-horizontal",
  "sparkles", "square", "star", "sun", "table", "tag", "tags", "timer", "trash-2", "triangle-alert", "undo-2", "upload", "volume-2",
  "volume-x", "wand-sparkles", "waves", "wrench", "x", "zoom-in", "zoom-out",
];

const used = new Set(ALSO);

async function bundle(name, contents) {
  const done = await build({
    stdin: {contents, resolveDir: HERE}, outfile: path.join(OUT, `${name}.js`),
    bundle: true, minify: true, format: "esm", target: "es2022", metafile: true, legalComments: "none", logLevel: "warning",
  });
  for (const input of Object.keys(done.metafile.inputs)) {
    const found = input.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//);
    if (found) used.add(found[1]);
  }
}

async function icons() {
  const taken = {};
  for (const name of ICONS) {
    const drawing = await readFile(packageFile("lucide-static/icons", `${name}.svg`), "utf8");
    const shapes = [...drawing.matchAll(/<([a-z]+)((?:\s+[\w-]+="[^"]*")*)\s*\/>/g)];
    if (!shapes.length) throw new Error(`nothing could be read from lucide's ${name}`);
    taken[name] = shapes.map(([, tag, given]) =>
      [tag, Object.fromEntries([...given.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key, value]) => [key, value]))]);
  }
  await writeFile(path.join(OUT, "icons.js"), `export const ICONS = ${JSON.stringify(taken)};\n`);
}

async function licences() {
  const texts = [];
  for (const name of [...used].sort()) {
    const {version, license} = JSON.parse(await readFile(packageFile(name, "package.json"), "utf8"));
    const file = (await readdir(packageFile(name))).find((each) => /^licen[cs]e/i.test(each) && !each.endsWith(".js"));
    const text = file ? await readFile(packageFile(name, file), "utf8") : "";
    texts.push(`${name} ${version} (${license})\n\n${text.trim()}\n`);
  }
  await writeFile(path.join(OUT, "LICENCES.txt"), texts.join(`\n${"-".repeat(80)}\n\n`));
}

async function digest(file) {
  return createHash("sha256").update(await readFile(path.join(HERE, file))).digest("hex");
}

await rm(OUT, {recursive: true, force: true});
await mkdir(OUT, {recursive: true});
for (const [name, contents] of Object.entries(MODULES)) await bundle(name, contents);
for (const [source, name] of Object.entries(FILES)) await copyFile(packageFile(source), path.join(OUT, name));
await icons();
await licences();
const made = {};
for (const file of ["package-lock.json", "bundle.mjs"]) made[file] = await digest(file);
await writeFile(path.join(OUT, "built.json"), `${JSON.stringify(made, null, 2)}\n`);
