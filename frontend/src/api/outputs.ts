/** The datasets at the outputs of a run's nodes. */

import { queryOptions } from "@tanstack/react-query";
import { orderQuery, orderText } from "../table/filters";
import type { ColumnProfile, ComparedColumns, RowOrder, RowPage, TableSource } from "../table/source";
import { client, data, document, type Schemas } from "./client";

export interface OutputPlace {
  readonly run: string;
  readonly node: string;
  readonly port: string;
}

/** What a run left does not change. */
const ALWAYS = { staleTime: Number.POSITIVE_INFINITY };
const key = ({ run, node, port }: OutputPlace) => ["run", run, "node", node, "output", port];

export const outputQuery = (place: OutputPlace) => queryOptions({
  queryKey: key(place),
  queryFn: () => data(client.GET("/runs/{run}/nodes/{node}/outputs/{port}", { params: { path: { ...place } } })),
  ...ALWAYS,
});

export const outputProfileQuery = (place: OutputPlace, bins: number) => queryOptions({
  queryKey: [...key(place), "profile", bins],
  queryFn: () => document<{ readonly columns: readonly ColumnProfile[] }>(
    client.GET("/runs/{run}/nodes/{node}/outputs/{port}/profile", { params: { path: { ...place }, query: { bins } } }),
  ),
  ...ALWAYS,
});

export function outputTable(place: OutputPlace, { rows, columns }: Schemas["OutputDocument"]): TableSource {
  return {
    key: key(place),
    rows,
    columns,
    compare: (first, second, signal) =>
      document<ComparedColumns>(client.GET("/runs/{run}/nodes/{node}/outputs/{port}/compare", { params: { path: { ...place }, query: { first, second } }, signal })),
    page: (order, offset, limit, signal) =>
      document<RowPage>(client.GET("/runs/{run}/nodes/{node}/outputs/{port}/rows", {
        params: { path: { ...place }, query: { offset, limit, ...orderQuery(order) } },
        signal,
      })),
  };
}

export const FORMATS = ["csv", "tsv", "parquet", "arrow", "excel", "json-lines", "arff"] as const;
export type Format = (typeof FORMATS)[number];

export function downloadAddress({ run, node, port }: OutputPlace, format: Format, order: RowOrder): string {
  const [a, b, c] = [run, node, port].map(encodeURIComponent);
  return `/api/runs/${a}/nodes/${b}/outputs/${c}/download?${orderText(order)}&format=${format}`;
}
