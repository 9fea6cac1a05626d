/** The view of a dataset: its table, and the pane of the chosen column. */

import { Search } from "lucide-react";
import { useCallback, useRef, useState } from "react";
import type { Format } from "../../api/outputs";
import { matching } from "../../graph/find";
import { Icon } from "../../look/icon";
import { Trouble } from "../../look/trouble";
import { useShownKeys } from "../../shell/chosen_keys";
import { useFieldShortcut } from "../../shell/commands";
import { shownKey } from "../../shell/shortcuts";
import { cellText } from "../../table/cells";
import type { Cursor } from "../../table/cursor";
import { filterText } from "../../table/filters";
import { AS_IT_IS, type ColumnProfile, type Filter, type RowOrder, type TableSource } from "../../table/source";
import { amount, useWords } from "../../words/words";
import { CompareTo } from "./compare_to";
import { DownloadMenu } from "./download";
import { FilterForm, FilterTags } from "./filters";
import { Grid } from "./grid";
import { type Bins, Statistics } from "./statistics";
import type { LoadedRows } from "./use_rows";

interface DataRoomProps {
  readonly source: TableSource;
  readonly profiles: readonly ColumnProfile[] | undefined;
  /** How many bins histograms have, and how to have another number. */
  readonly bins: Bins;
  /** The address of a file with rows of it. */
  readonly download: (format: Format, order: RowOrder) => string;
}

export function DataRoom({ source, profiles, bins, download }: DataRoomProps) {
  const words = useWords();
  const [cursor, setCursor] = useState<Cursor>({ row: 0, column: 0 });
  const [order, setOrder] = useState<RowOrder>(AS_IT_IS);
  const [seen, setSeen] = useState({ from: 0, to: 0, total: source.rows, text: "", error: null as unknown });
  const rows = useRef<LoadedRows | null>(null);
  const now = useRef(source.rows);
  const filterBy = (filters: readonly Filter[]) => {
    setOrder({ ...order, filters });
    setCursor({ row: 0, column: cursor.column });
  };
  const filtered = order.filters.length > 0;
  const addFilter = async (filter: Filter) => {
    const filters = [...order.filters.filter((one) => filterText(one) !== filterText(filter)), filter];
    // The server knows what the column can be compared with.
    await source.page({ ...order, filters }, 0, 1, new AbortController().signal);
    filterBy(filters);
  };
  const pane = useRef<HTMLElement>(null);
  const profile = profiles?.[cursor.column];
  const column = source.columns[cursor.column];

  const onRows = useCallback((loaded: LoadedRows, from: number, to: number) => {
    rows.current = loaded;
    const cell = loaded.row(cursor.row)?.[cursor.column];
    const text = cell === undefined ? "" : (cellText(cell) ?? words.data.missing).slice(0, 200);
    const { error, total = now.current } = loaded;
    now.current = total;
    setSeen((old) => {
      const next = { from, to, total, text, error };
      return Object.entries(next).every(([key, value]) => old[key as keyof typeof old] === value) ? old : next;
    });
  }, [cursor, words]);
  return (
    <main className="page dataroom">
      <section className="tableside">
        <div className="tools">
          <FindColumn source={source} onFound={(at) => setCursor({ row: cursor.row, column: at })} />
          <GoToRow rows={seen.total} onGo={(row) => setCursor({ row, column: cursor.column })} />
          <span className="end" />
          <DownloadMenu label={filtered ? words.data.downloadAll : words.common.download} address={(format) => download(format, { ...order, filters: [] })} />
        </div>
        {filtered && (
          <div className="row filtered">
            <FilterTags filters={order.filters} onChange={filterBy} />
            <DownloadMenu label={words.data.downloadShown} address={(format) => download(format, order)} />
          </div>
        )}
        {seen.error ? <Trouble error={seen.error} onRetry={() => rows.current?.retry()} /> : null}
        <Grid
          source={source}
          profiles={profiles}
          order={order}
          cursor={cursor}
          onMove={setCursor}
          onSort={setOrder}
          onEnter={() => pane.current?.focus()}
          onRows={onRows}
        />
        {seen.total === 0 && <p className="note mute" role="status">{source.rows === 0 ? words.data.empty : words.data.noneMatches}</p>}
        <footer className="foot num">
          {seen.total > 0 && <span className="nowrap">{words.data.shown(seen.from + 1, seen.to, seen.total)}</span>}
          {seen.total > 0 && column && <span className="clip">{`${words.data.row} ${amount(cursor.row + 1)}, ${column.name.slice(0, 80)}: `}<b>{seen.text}</b></span>}
          <span className="end nowrap keys-hint"><kbd>↑↓←→</kbd> {words.data.toMove} <kbd>{shownKey("Ctrl c")}</kbd> {words.data.toCopy} <kbd>Enter</kbd> {words.data.toStatistics}</span>
        </footer>
      </section>
      <aside className="pane scroll statistics" aria-label={words.data.statistics} ref={pane} tabIndex={-1}>
        {profile ? <Statistics at={cursor.column} columns={source.columns.length} rows={source.rows} profile={profile} bins={bins} /> : <p className="sec mute">{words.data.noStatistics}</p>}
        {column && <CompareTo source={source} column={column.name} />}
        {column && (
          <section className="sec">
            <h3>{words.data.filter}</h3>
            <FilterForm key={column.name} column={column} onAdd={addFilter} />
          </section>
        )}
      </aside>
    </main>
  );
}

function FindColumn({ source, onFound }: { readonly source: TableSource; readonly onFound: (at: number) => void }) {
  const words = useWords();
  const field = useRef<HTMLInputElement>(null);
  const keyOf = useShownKeys();
  useFieldShortcut("search", field);
  const find = (typed: string) => {
    const places = source.columns.map(({ name }, at) => ({ name, at }));
    const found = typed && matching(typed, places, ({ name }) => name)[0];
    if (found) onFound(found.at);
  };
  return (
    <label className="searchbox findcolumn">
      <Icon of={Search} small />
      <input ref={field} aria-label={words.data.findColumn} placeholder={words.data.findColumn} onChange={(event) => find(event.target.value)} />
      <kbd>{keyOf("search")}</kbd>
    </label>
  );
}

function GoToRow({ rows, onGo }: { readonly rows: number; readonly onGo: (row: number) => void }) {
  const words = useWords();
  const field = useRef<HTMLInputElement>(null);
  const keyOf = useShownKeys();
  useFieldShortcut("row", field);
  const go = (typed: string) => {
    const row = Number(typed.replace(/[\s,.]/g, ""));
    if (rows > 0 && Number.isInteger(row) && row > 0) onGo(Math.min(row, rows) - 1);
  };
  return (
    <label className="searchbox gotorow">
      <input
        ref={field}
        inputMode="numeric"
        aria-label={words.data.goToRow}
        placeholder={words.data.goToRow}
        onKeyDown={(event) => event.key === "Enter" && go(event.currentTarget.value)}
      />
      <kbd>{keyOf("row")}</kbd>
    </label>
  );
}
