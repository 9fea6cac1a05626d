/** The chosen cell of a table, and how the keys move it. */

export interface Cursor {
  /** Both from 0. */
  readonly row: number;
  readonly column: number;
}

interface Size {
  readonly rows: number;
  readonly columns: number;
  /** Rows that are in view at a time. */
  readonly page: number;
}

interface Key {
  readonly key: string;
  /** Ctrl, or Cmd on a Mac. */
  readonly ctrl: boolean;
}

/** The cursor after a key; null for a key that does not move it. */
export function moved({ row, column }: Cursor, { key, ctrl }: Key, { rows, columns, page }: Size): Cursor | null {
  const [lastRow, lastColumn] = [Math.max(0, rows - 1), Math.max(0, columns - 1)];
  const to = (newRow: number, newColumn: number): Cursor => ({
    row: Math.max(0, Math.min(lastRow, newRow)),
    column: Math.max(0, Math.min(lastColumn, newColumn)),
  });
  switch (key) {
    case "ArrowUp": return to(ctrl ? 0 : row - 1, column);
    case "ArrowDown": return to(ctrl ? lastRow : row + 1, column);
    case "ArrowLeft": return to(row, ctrl ? 0 : column - 1);
    case "ArrowRight": return to(row, ctrl ? lastColumn : column + 1);
    case "PageUp": return to(row - page, column);
    case "PageDown": return to(row + page, column);
    case "Home": return to(ctrl ? 0 : row, 0);
    case "End": return to(ctrl ? lastRow : row, lastColumn);
    default: return null;
  }
}
