/** The rows of a table that are in view, by pages that are asked for when the scrolling pauses. */

import { useQueries } from "@tanstack/react-query";
import { useLayoutEffect, useRef, useState } from "react";
import type { Cell } from "../../table/cells";
import { pageLength, pagesOf } from "../../table/pages";
import type { RowOrder, TableSource } from "../../table/source";

/** A pause in scrolling, in milliseconds. */
const PAUSE = 30;

export interface LoadedRows {
  /** A row by its place; undefined while it is on its way. */
  row(at: number): readonly Cell[] | undefined;
  /** How many rows there are, with the filters; undefined while that is not known. */
  readonly total: number | undefined;
  readonly error: unknown;
  retry(): void;
}

export function useRows(source: TableSource, order: RowOrder, from: number, to: number): LoadedRows {
  const length = pageLength(source.columns.length);
  const wanted = pagesOf(from, to, length).join(" ");
  const pages = usePaused(wanted).split(" ").map(Number);
  const found = useQueries({
    queries: pages.map((page) => ({
      queryKey: ["rows", ...source.key, order, page],
      queryFn: ({ signal }: { readonly signal: AbortSignal }) => source.page(order, page * length, length, signal),
      staleTime: Number.POSITIVE_INFINITY,
      gcTime: 60_000,
    })),
  });
  return {
    row(at) {
      return found[pages.indexOf(Math.floor(at / length))]?.data?.rows[at % length];
    },
    total: order.filters.length === 0 ? source.rows : found.find((one) => one.data)?.data?.total,
    error: found.find((one) => one.isError)?.error ?? null,
    retry: () => found.filter((one) => one.isError).forEach((one) => void one.refetch()),
  };
}

/** A value that follows another one when that rests. What comes after a rest counts at once, as a jump does. */
function usePaused(value: string): string {
  const [paused, setPaused] = useState(value);
  const changed = useRef(Number.NEGATIVE_INFINITY);
  useLayoutEffect(() => {
    const now = performance.now();
    const rested = now - changed.current > PAUSE;
    changed.current = now;
    if (rested) {
      setPaused(value);
      return undefined;
    }
    const timer = setTimeout(() => setPaused(value), PAUSE);
    return () => clearTimeout(timer);
  }, [value]);
  return paused;
}
