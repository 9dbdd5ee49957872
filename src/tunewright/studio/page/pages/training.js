// The page Training.
import {emptyState} from "../components/state.js";

export const title = "Training";

export async function show(root) {
  root.append(emptyState({title, text: "Nothing is here yet."}));
}
