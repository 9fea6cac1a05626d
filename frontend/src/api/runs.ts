/** Runs: their history, their nodes, and what differs between two. */

import { queryOptions } from "@tanstack/react-query";
import { client, data, document, type Schemas } from "./client";
import type { ExperimentDocument } from "./graph_document";

export type Run = Schemas["RunDocument"];
export type ListedRun = Schemas["HistoryRun"];
export type RunNode = Schemas["NodeDocument"];
export type Failure = Schemas["FailureDocument"];
export type Frame = Schemas["FrameDocument"];
export type Variable = Schemas["VariableDocument"];
export type VariableTable = Schemas["VariableTableDocument"];
export type Comparison = Schemas["ComparisonDocument"];
export type NodeComparison = Schemas["NodeComparisonDocument"];

/** How many runs a page of the history has at first. */
export const RUNS = 50;

export const runsQuery = (experiment: string | null, limit: number) => queryOptions({
  queryKey: ["runs", experiment, limit],
  queryFn: () => data(client.GET("/runs", { params: { query: { limit, ...(experiment && { experiment }) } } })),
});

export const runQuery = (run: string) => queryOptions({
  queryKey: ["run", run],
  queryFn: () => data(client.GET("/runs/{run}", { params: { path: { run } } })),
});

/** The experiment as it was when a run began, with the states of that run. */
export const pastQuery = (run: string) => queryOptions({
  queryKey: ["run", run, "experiment"],
  queryFn: () => data(client.GET("/runs/{run}/experiment", { params: { path: { run } } })) as Promise<ExperimentDocument>,
});

/** The scripts as they were when a run began: their texts, by file. */
export const runScriptsQuery = (run: string) => queryOptions({
  queryKey: ["run", run, "scripts"],
  queryFn: () => data(client.GET("/runs/{run}/scripts", { params: { path: { run } } })),
  staleTime: Number.POSITIVE_INFINITY,
});

/** A new experiment as a run had it; its name. */
export async function saveAsNew(run: string): Promise<string> {
  const body = { run, title: "", description: "" };
  return (await data(client.POST("/experiments", { body }))).name;
}

export const comparisonQuery = (run: string, other: string) => queryOptions({
  queryKey: ["differences", run, other],
  queryFn: () => document<Comparison>(client.GET("/runs/{run}/differences/{other}", { params: { path: { run, other } } })),
  staleTime: Number.POSITIVE_INFINITY,
});

export const runNodeQuery = (run: string, node: string) => queryOptions({
  queryKey: ["run", run, "node", node],
  queryFn: () => data(client.GET("/runs/{run}/nodes/{node}", { params: { path: { run, node } } })),
});

/** Characters of a console that are asked for at a time. */
export const CONSOLE_PART = 100_000;

export const consoleQuery = (run: string, node: string, offset: number) => queryOptions({
  queryKey: ["run", run, "node", node, "console", offset],
  queryFn: () => data(client.GET("/runs/{run}/nodes/{node}/console", { params: { path: { run, node }, query: { offset, limit: CONSOLE_PART } } })),
});

/** The address of all that is kept of a console, as a file. */
export function consoleAddress(run: string, node: string): string {
  return `/api/runs/${encodeURIComponent(run)}/nodes/${encodeURIComponent(node)}/console/download`;
}

/** The address of a picture. */
export function imageAddress(run: string, node: string, number: number): string {
  return `/api/runs/${encodeURIComponent(run)}/nodes/${encodeURIComponent(node)}/images/${number}`;
}
