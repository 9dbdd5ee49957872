// The page Neurons.
import {emptyState} from "../components/state.js";

export const title = "Neurons";

export async function show(root) {
  root.append(emptyState({title, text: "Nothing is here yet."}));
}
