/** The addresses of pages about results. */

const path = (...parts: readonly string[]) => `/${parts.map(encodeURIComponent).join("/")}`;

/** What a node of a run printed, drew, and why it failed. */
export const deviceAddress = (run: string, node: string) => path("runs", run, "nodes", node);

/** The dataset at an output. */
export const outputAddress = (run: string, node: string, port: string) => path("runs", run, "nodes", node, "outputs", port);
