/** The menu of an output, for the ports themselves. */

import { createContext } from "react";

/** Opens the menu of an output; null where there is none. */
export const Looking = createContext<((node: string, port: string) => void) | null>(null);
