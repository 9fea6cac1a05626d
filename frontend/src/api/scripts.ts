/** What a page asks for before a script is opened. */

import { client } from "./client";

/** Have the language server of this session start. That it can't is shown where the script is open. */
export function warmUpLanguageServer(name: string, node: string): void {
  client.POST("/experiments/{name}/nodes/{node}/language-server", { params: { path: { name, node } } }).catch(() => {});
}
