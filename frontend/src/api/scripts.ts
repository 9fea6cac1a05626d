/** What a page asks for to help with a script, or with names of columns. */

import { queryOptions } from "@tanstack/react-query";
import { client, data, type Schemas } from "./client";

export type Column = Schemas["ColumnDocument"];
export type InputColumns = Schemas["ColumnsOfInput"];

/** The columns at the inputs of a node. They change when another node has run: `revision` and `runs` tell that. */
export const inputColumnsQuery = (name: string, node: string, when = "") => queryOptions({
  queryKey: ["experiment", name, "input-columns", node, when],
  queryFn: () => data(client.GET("/experiments/{name}/nodes/{node}/input-columns", { params: { path: { name, node } } })),
  staleTime: 5_000,
});

/** Have the language server of this session start. That it can't is shown where the script is open. */
export function warmUpLanguageServer(name: string, node: string): void {
  client.POST("/experiments/{name}/nodes/{node}/language-server", { params: { path: { name, node } } }).catch(() => {});
}
