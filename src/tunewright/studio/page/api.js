// The studio's HTTP interface: JSON in and out, files, and event streams that resume by themselves.

/** What the studio refused: `message` for people; where it knows, `line`, `column` and what to `install`. */
export class ApiError extends Error {
  constructor(status, answer = {}) {
    super(answer.error || `The studio answered with status ${status}.`);
    this.name = "ApiError";
    this.status = status;
    this.line = answer.line ?? null;
    this.column = answer.column ?? null;
    this.install = answer.install ?? null;
  }
}

export const get = (path, options) => ask("GET", path, undefined, options);
export const post = (path, body = {}, options) => ask("POST", path, body, options);
export const put = (path, body = {}, options) => ask("PUT", path, body, options);
export const remove = (path, options) => ask("DELETE", path, undefined, options);

/** Send files as a form: `upload("/api/books", {file: fileInput.files[0]})`; a list sends several under one name. */
export function upload(path, fields, options) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) for (const one of [value].flat()) form.append(name, one);
  return ask("POST", path, form, options);
}

/** Post, and save the answer as a file of this name. */
export async function download(path, body, name, options) {
  const blob = await ask("POST", path, body, {...options, blob: true});
  saveFile(blob, name);
}

/** Hand a blob to the user as a file. */
export function saveFile(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/**
 * Listen to an event stream: `events(path, {text(data) {...}, done(data) {...}}, {signal})`.
 *
 * Each handler is called with an event's data, read from JSON. A stream that breaks off resumes where it was. After
 * `done`, `stopped` or `failed` it is closed; `lost(error)` is called where it cannot be opened again. Returns a
 * function that closes it.
 */
export function events(path, handlers, {signal} = {}) {
  const source = new EventSource(path);
  const close = () => source.close();
  for (const name of new Set([...Object.keys(handlers), "done", "stopped", "failed"])) {
    source.addEventListener(name, (event) => {
      if (["done", "stopped", "failed"].includes(name)) close();
      handlers[name]?.(event.data ? JSON.parse(event.data) : {});
    });
  }
  source.onerror = () => {
    if (source.readyState === EventSource.CLOSED) handlers.lost?.(new ApiError(0, {error: LOST}));
  };
  signal?.addEventListener("abort", close);
  return close;
}

const LOST = "The studio does not answer. Is it still running?";

async function ask(method, path, body, {signal, blob = false} = {}) {
  const form = body instanceof FormData;
  let response;
  try {
    response = await fetch(path, {
      method, signal,
      headers: body === undefined || form ? {} : {"Content-Type": "application/json"},
      body: body === undefined || form ? body : JSON.stringify(body),
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(0, {error: LOST});
  }
  if (!response.ok) throw new ApiError(response.status, await response.json().catch(() => ({})));
  if (blob) return response.blob();
  if (response.status === 204) return null;
  const type = response.headers.get("Content-Type") || "";
  return type.includes("json") ? response.json() : response.blob();
}
