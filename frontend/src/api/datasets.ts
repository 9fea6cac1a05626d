/** The dataset files of the workspace: listed, looked at, uploaded; and the saved models. */

import { queryOptions } from "@tanstack/react-query";
import type { Cell } from "../table/cells";
import { orderQuery, orderText } from "../table/filters";
import type { ColumnProfile, ComparedColumns, RowOrder, RowPage, TableSource } from "../table/source";
import type { Carrier } from "../uploads/upload";
import { client, data, document, type Schemas } from "./client";
import type { Format } from "./outputs";

export type DatasetFile = Schemas["DatasetFileDocument"];
export type DatasetVersion = Schemas["DatasetVersionDocument"];
export type Saved = Schemas["SavedDocument"];

/** The types that a column of an upload can be given. */
export const STORED_TYPES = ["text", "integer", "number", "boolean", "timestamp"] as const;
export type StoredType = (typeof STORED_TYPES)[number];

interface Rows extends RowPage {
  readonly columns: Schemas["ColumnDocument"][];
  readonly rows: readonly (readonly Cell[])[];
}

export const datasetsQuery = queryOptions({ queryKey: ["datasets"], queryFn: () => data(client.GET("/datasets")) });

export const savedQuery = queryOptions({ queryKey: ["saved"], queryFn: () => data(client.GET("/saved")) });

export const datasetQuery = (name: string) => queryOptions({
  queryKey: ["datasets", name],
  queryFn: () => data(client.GET("/datasets/{name}", { params: { path: { name } } })),
});

/** A content of a dataset file. */
export interface DatasetPlace {
  readonly name: string;
  /** Undefined: what the file has now. */
  readonly version?: number | undefined;
}

const inVersion = ({ version }: DatasetPlace) => (version === undefined ? {} : { version });
const key = ({ name, version = 0 }: DatasetPlace) => ["datasets", name, version] as const;

/** The columns and the number of rows; the dataset is read at this. */
export const datasetHeadQuery = (place: DatasetPlace) => queryOptions({
  queryKey: [...key(place), "head"],
  queryFn: () => document<Rows>(client.GET("/datasets/{name}/rows", { params: { path: { name: place.name }, query: { limit: 1, ...inVersion(place) } } })),
});

/** @param reading tells these rows apart from those that the file had, or will have */
export function datasetTable(place: DatasetPlace, reading: string, { columns, total }: Rows): TableSource {
  const { name } = place;
  return {
    key: ["datasets", name, reading],
    rows: total,
    columns,
    compare: (first, second, signal) =>
      document<ComparedColumns>(client.GET("/dataset-columns/compare", { params: { query: { name, first, second, ...inVersion(place) } }, signal })),
    page: (order, offset, limit, signal) =>
      document<RowPage>(client.GET("/datasets/{name}/rows", {
        params: { path: { name }, query: { offset, limit, ...orderQuery(order), ...inVersion(place) } },
        signal,
      })),
  };
}

export const datasetProfileQuery = (place: DatasetPlace, bins: number) => queryOptions({
  queryKey: [...key(place), "profile", bins],
  queryFn: () => document<{ readonly columns: readonly ColumnProfile[] }>(
    client.GET("/datasets/{name}/profile", { params: { path: { name: place.name }, query: { bins, ...inVersion(place) } } }),
  ),
});

export function datasetDownload({ name, version }: DatasetPlace, format: Format, order: RowOrder): string {
  return `/api/datasets/${encodeURIComponent(name)}/download?${orderText(order)}&format=${format}${version === undefined ? "" : `&version=${version}`}`;
}

export const uploads = {
  begin: async (name: string, size: number) => (await data(client.POST("/uploads", { body: { name, size } }))).id,
  /** As the file is read in an encoding; in UTF-8, or what it says itself, if that is empty. */
  preview: (upload: string, name: string, encoding: string, signal: AbortSignal) =>
    document<Rows>(client.GET("/uploads/{upload}/preview", { params: { path: { upload }, query: { name, ...(encoding && { encoding }) } }, signal })),
  finish: (upload: string, name: string, types: Readonly<Record<string, StoredType>>, encoding: string, replace: boolean) =>
    data(client.POST("/uploads/{upload}/finish", { params: { path: { upload } }, body: { name, replace, types, ...(encoding && { encoding }) } })),
  discard: (upload: string) => data(client.DELETE("/uploads/{upload}", { params: { path: { upload } } })),
};

export const carrier: Carrier = {
  arrived: async (upload) => (await data(client.GET("/uploads/{upload}", { params: { path: { upload } } }))).offset,
  append: async (upload, offset, piece) => {
    const answer = await data(client.PATCH("/uploads/{upload}", {
      params: { path: { upload }, query: { offset } },
      // The types say text for bytes.
      body: piece as unknown as string,
      bodySerializer: (body) => body,
      headers: { "Content-Type": "application/octet-stream" },
    }));
    return answer.offset;
  },
};
