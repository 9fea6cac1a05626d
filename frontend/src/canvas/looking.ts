/** Looking at what is behind an output port, for the ports themselves. */

import { createContext } from "react";

/** Shows the dataset at an output of a node; null where the canvas has nothing to show. */
export const Looking = createContext<((node: string, port: string) => void) | null>(null);
