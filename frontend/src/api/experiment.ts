/** One experiment: its document, its edits and where its nodes stand. */

import type { Point } from "../graph/graph";
import { client, data } from "./client";
import type { Changes, ExperimentDocument } from "./graph_document";

/** The types of an answer lose what a value of JSON may be, which the document knows. */
type Loose = Promise<unknown>;

export function experimentDocument(name: string): Promise<ExperimentDocument> {
  const found: Loose = data(client.GET("/experiments/{name}", { params: { path: { name } } }));
  return found as Promise<ExperimentDocument>;
}

/** The experiment after the edits. @throws ApiError 409 with a conflict, if it has another revision. */
export function edited(name: string, revision: string, edits: Changes["edits"]): Promise<ExperimentDocument> {
  const done: Loose = data(client.POST("/experiments/{name}/edits", { params: { path: { name } }, body: { revision, edits } }));
  return done as Promise<ExperimentDocument>;
}

export async function arranged(name: string, positions: Record<string, Point>): Promise<void> {
  await data(client.PUT("/experiments/{name}/layout", { params: { path: { name } }, body: { positions } }));
}
