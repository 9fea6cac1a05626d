/** The table: a window onto all rows and columns, with a cell that the keys move. */

import { type KeyboardEvent, memo, useEffect, useId, useMemo, useRef, useState } from "react";
import { type Cell, cellText, isNumeric, shownCell } from "../../table/cells";
import { type ColumnPlace, columnPlaces, columnsInView, columnsWidth, leftThatShows } from "../../table/columns";
import { type Cursor, moved } from "../../table/cursor";
import { mostInView, rowsInView, scrolledHeight, topThatShows } from "../../table/rows";
import type { ColumnProfile, RowOrder, TableSource } from "../../table/source";
import { amount, useWords } from "../../words/words";
import { ColumnHead, HEAD_HEIGHT } from "./column_head";
import { useScroll } from "./scroll";
import { type LoadedRows, useRows } from "./use_rows";

const ROW_HEIGHT = 26;
const SIDE_WIDTH = 72;
const EDGES = { head: HEAD_HEIGHT, side: SIDE_WIDTH };

interface GridProps {
  readonly source: TableSource;
  readonly profiles: readonly ColumnProfile[] | undefined;
  readonly order: RowOrder;
  readonly cursor: Cursor;
  readonly onMove: (cursor: Cursor) => void;
  readonly onSort: (order: RowOrder) => void;
  readonly onEnter: () => void;
  readonly onRows: (rows: LoadedRows, from: number, to: number) => void;
}

export function Grid({ source, profiles, order, cursor, onMove, onSort, onEnter, onRows }: GridProps) {
  const words = useWords();
  const id = useId();
  const element = useRef<HTMLDivElement>(null);
  const { columns } = source;
  const [count, setCount] = useState(source.rows);
  const places = useMemo(() => columnPlaces(columns), [columns]);
  const scroll = useScroll(element, count, ROW_HEIGHT, EDGES);
  const space = { rows: count, height: ROW_HEIGHT, view: Math.max(1, scroll.view.height) };
  const { from, to, above } = rowsInView(space, scroll.top);
  const [first, last] = columnsInView(places, scroll.left, scroll.left + scroll.view.width);
  const rows = useRows(source, order, from, to);
  // While other filters are on their way, the table stays as long as it was.
  if (rows.total !== undefined && rows.total !== count) setCount(rows.total);

  // The cell that is gone to comes into view.
  const shownCursor = useRef(cursor);
  useEffect(() => {
    if (shownCursor.current === cursor) return;
    shownCursor.current = cursor;
    scroll.scrollTo(
      topThatShows(space, scroll.top, cursor.row),
      leftThatShows(places, scroll.left, scroll.view.width, cursor.column),
    );
  });
  useEffect(() => onRows(rows, from, Math.min(count, from + Math.ceil(scroll.view.height / ROW_HEIGHT))));

  const onKeyDown = (event: KeyboardEvent) => {
    const ctrl = event.ctrlKey || event.metaKey;
    const page = Math.max(1, Math.floor(scroll.view.height / ROW_HEIGHT) - 1);
    const next = moved(cursor, { key: event.key, ctrl }, { rows: count, columns: columns.length, page });
    if (next) onMove(next);
    else if (event.key === "Enter") onEnter();
    else if (ctrl && event.key.toLowerCase() === "c" && !getSelection()?.toString()) {
      const row = rows.row(cursor.row);
      if (row) void navigator.clipboard?.writeText(cellText(row[cursor.column] ?? null) ?? "");
    } else return;
    event.preventDefault();
  };
  const slots = mostInView(space);
  const shownColumns = Array.from({ length: last - first }, (_, index) => first + index);
  return (
    <div
      className="datagrid"
      role="grid"
      aria-label={words.data.table}
      aria-rowcount={count + 1}
      aria-colcount={columns.length + 1}
      aria-activedescendant={count > 0 ? `${id}-${cursor.row}-${cursor.column}` : undefined}
      tabIndex={0}
      ref={element}
      onKeyDown={onKeyDown}
    >
      <div className="space" style={{ height: scrolledHeight(space) + HEAD_HEIGHT, width: columnsWidth(places) + SIDE_WIDTH }}>
        <div className="gridhead" role="row" aria-rowindex={1} style={{ height: HEAD_HEIGHT }}>
          <span className="corner" role="columnheader" aria-colindex={1} style={{ width: SIDE_WIDTH, height: HEAD_HEIGHT }}>{words.data.row}</span>
          {shownColumns.map((at) => (
            <ColumnHead
              key={at}
              at={at}
              column={columns[at] ?? { name: "", type: "" }}
              profile={profiles?.[at]}
              rows={source.rows}
              left={SIDE_WIDTH + (places[at]?.left ?? 0)}
              width={places[at]?.width ?? 0}
              order={order}
              chosen={at === cursor.column}
              onChoose={() => onMove({ row: cursor.row, column: at })}
              onSort={onSort}
            />
          ))}
        </div>
        {Array.from({ length: to - from }, (_, index) => from + index).map((at, index) => (
          <Row
            // A row that comes into view takes the place of one that has left it.
            key={at % slots}
            id={id}
            at={at}
            top={HEAD_HEIGHT + scroll.scrolled - above + index * ROW_HEIGHT}
            cells={rows.row(at)}
            columns={source.columns}
            places={places}
            first={first}
            last={last}
            chosenColumn={cursor.column}
            isChosen={cursor.row === at}
            missing={words.data.missing}
            onMove={onMove}
          />
        ))}
      </div>
    </div>
  );
}

interface RowProps {
  readonly id: string;
  readonly at: number;
  readonly top: number;
  readonly cells: readonly Cell[] | undefined;
  readonly columns: TableSource["columns"];
  readonly places: readonly ColumnPlace[];
  readonly first: number;
  readonly last: number;
  readonly chosenColumn: number;
  readonly isChosen: boolean;
  readonly missing: string;
  readonly onMove: (cursor: Cursor) => void;
}

const Row = memo(function Row({ id, at, top, cells, columns, places, first, last, chosenColumn, isChosen, missing, onMove }: RowProps) {
  return (
    <div className="gridrow" role="row" aria-rowindex={at + 2} style={{ top }}>
      <span className="rownumber" role="rowheader" aria-colindex={1} style={{ width: SIDE_WIDTH }}>{amount(at + 1)}</span>
      {places.slice(first, last).map(({ left, width }, index) => {
        const column = first + index;
        const cell = cells?.[column];
        const text = cell === undefined ? "" : shownCell(cell);
        const look = `${isNumeric(columns[column]?.type ?? "") ? "r" : ""} ${column === chosenColumn ? "picked" : ""} ${text === null ? "miss" : ""}`;
        return (
          // The keys are the grid's.
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
          <span
            key={column}
            id={`${id}-${at}-${column}`}
            role="gridcell"
            aria-colindex={column + 2}
            aria-selected={isChosen && column === chosenColumn}
            className={`gridcell ${look}`}
            style={{ left: SIDE_WIDTH + left, width }}
            onClick={() => onMove({ row: at, column })}
          >
            {text ?? missing}
          </span>
        );
      })}
    </div>
  );
});
