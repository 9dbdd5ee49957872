// The page Tune.
import {emptyState} from "../components/state.js";

export const title = "Tune";

export async function show(root) {
  root.append(emptyState({title, text: "Nothing is here yet."}));
}
