/** How well scored datasets fit their labels, and the figures of Evaluate Model. */

import { queryOptions } from "@tanstack/react-query";
import { client, data, document, type Schemas } from "./client";
import type { ExperimentDocument } from "./graph_document";
import { type OutputPlace, outputTable } from "./outputs";
import { AS_IT_IS } from "../table/source";

export type Evaluation = Schemas["EvaluationDocument"];

/** What a run left does not change. */
const ALWAYS = { staleTime: Number.POSITIVE_INFINITY };
/** Evaluate Model has a row for each model, and for each cluster. */
const MOST_ROWS = 100;

export const evaluationQuery = (place: OutputPlace) => queryOptions({
  queryKey: ["evaluation", place.run, place.node, place.port],
  queryFn: () => data(client.GET("/runs/{run}/nodes/{node}/outputs/{port}/evaluation", { params: { path: { ...place } } })),
  ...ALWAYS,
});

/** The experiment as it was when the run began. */
export const runExperimentQuery = (run: string) => queryOptions({
  queryKey: ["run", run, "experiment"],
  queryFn: () => document<ExperimentDocument>(client.GET("/runs/{run}/experiment", { params: { path: { run } } })),
  ...ALWAYS,
});

export const figuresQuery = (place: OutputPlace, output: Schemas["OutputDocument"]) => queryOptions({
  queryKey: ["figures", place.run, place.node, place.port],
  queryFn: ({ signal }) => outputTable(place, output).page(AS_IT_IS, 0, MOST_ROWS, signal),
  ...ALWAYS,
});
