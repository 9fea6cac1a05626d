/** One experiment: its document, its edits and where its nodes stand. */

import type { Point } from "../graph/graph";
import { client, data, document } from "./client";
import type { Changes, ExperimentDocument } from "./graph_document";

export function experimentDocument(name: string): Promise<ExperimentDocument> {
  return document(client.GET("/experiments/{name}", { params: { path: { name } } }));
}

/** The experiment after the edits. @throws ApiError 409 with a conflict, if it has another revision. */
export function edited(name: string, revision: string, edits: Changes["edits"]): Promise<ExperimentDocument> {
  return document(client.POST("/experiments/{name}/edits", { params: { path: { name } }, body: { revision, edits } }));
}

/** Where the nodes stand. @throws ApiError while the file that says so has mistakes */
export async function positionsOf(name: string): Promise<Readonly<Record<string, Point>>> {
  return (await data(client.GET("/experiments/{name}/layout", { params: { path: { name } } }))).positions;
}

export async function arranged(name: string, positions: Record<string, Point>): Promise<void> {
  await data(client.PUT("/experiments/{name}/layout", { params: { path: { name } }, body: { positions } }));
}
