/** Where a table's rows and figures come from: an output of a run, or a dataset of the workspace. */

import type { Cell } from "./cells";

export interface Histogram {
  /** One more than counts. */
  readonly edges: readonly Cell[];
  readonly counts: readonly number[];
}

export interface ColumnProfile {
  readonly name: string;
  readonly type: string;
  readonly kind: string;
  readonly role: string;
  readonly feature_type: string;
  readonly count: number;
  readonly missing: number;
  readonly unique: number;
  /** Infinities, which are left out of the other figures. */
  readonly infinite: number;
  readonly statistics: Readonly<Record<"mean" | "standard_deviation" | "minimum" | "first_quartile" | "median" | "third_quartile" | "maximum", Cell>> | null;
  readonly histogram: Histogram | null;
  readonly top_values: readonly { readonly value: Cell; readonly count: number }[] | null;
}

export interface Column {
  readonly name: string;
  readonly type: string;
}

export type Operator = "eq" | "ne" | "lt" | "le" | "gt" | "ge" | "contains" | "missing" | "present";

export interface Filter {
  /** A column's name. */
  readonly column: string;
  readonly operator: Operator;
  readonly value: string;
}

/** Which rows are shown, and in which order. */
export interface RowOrder {
  /** A column's name. */
  readonly sort: string | null;
  readonly descending: boolean;
  readonly filters: readonly Filter[];
}

export const AS_IT_IS: RowOrder = { sort: null, descending: false, filters: [] };

export interface RowPage {
  readonly rows: readonly (readonly Cell[])[];
  /** How many rows there are, with the filters. */
  readonly total: number;
}

/** Two columns against each other; one of the three is there, by the kinds of the columns. */
export interface ComparedColumns {
  readonly scatter: {
    readonly points: readonly { readonly x: number; readonly y: number }[];
    /** Rows that have both; the points are a sample if there are more of them. */
    readonly rows: number;
  } | null;
  readonly boxes: {
    readonly boxes: readonly Box[];
    /** Whether the values are those of the second column. */
    readonly by_second: boolean;
  } | null;
  readonly crosstab: {
    readonly first: readonly string[];
    readonly second: readonly string[];
    /** By the first, then by the second. */
    readonly counts: readonly (readonly number[])[];
  } | null;
}

export interface Box {
  readonly value: string;
  readonly count: number;
  readonly minimum: number;
  readonly first_quartile: number;
  readonly median: number;
  readonly third_quartile: number;
  readonly maximum: number;
}

export interface TableSource {
  /** Tells it apart from other sources. */
  readonly key: readonly string[];
  readonly rows: number;
  readonly columns: readonly Column[];
  compare(first: string, second: string, signal: AbortSignal): Promise<ComparedColumns>;
  page(order: RowOrder, offset: number, limit: number, signal: AbortSignal): Promise<RowPage>;
}
