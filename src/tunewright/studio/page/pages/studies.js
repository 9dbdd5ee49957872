// The page Studies.
import {emptyState} from "../components/state.js";

export const title = "Studies";

export async function show(root) {
  root.append(emptyState({title, text: "Nothing is here yet."}));
}
