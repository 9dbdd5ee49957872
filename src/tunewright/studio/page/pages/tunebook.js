// The page Tunebook.
import {emptyState} from "../components/state.js";

export const title = "Tunebook";

export async function show(root) {
  root.append(emptyState({title, text: "Nothing is here yet."}));
}
