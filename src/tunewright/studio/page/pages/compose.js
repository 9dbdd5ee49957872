// The page Compose.
import {emptyState} from "../components/state.js";

export const title = "Compose";

export async function show(root) {
  root.append(emptyState({title, text: "Nothing is here yet."}));
}
