/** The local variables at a frame, as they were when the script failed. All of it is text of the script's. */

import type { Variable, VariableTable } from "../../api/runs";
import { amount, useWords } from "../../words/words";

interface VariablesProps {
  readonly shown: readonly Variable[];
  /** How many more there were. */
  readonly leftOut: number;
  /** Whether they are shown at once, as where it failed. */
  readonly opened: boolean;
}

export function Variables({ shown, leftOut, opened }: VariablesProps) {
  const words = useWords();
  return (
    <details className="variables" open={opened}>
      <summary>{words.device.variables} <span className="count">{amount(shown.length + leftOut)}</span></summary>
      <dl>
        {shown.map((variable) => <Row key={variable.name} variable={variable} />)}
      </dl>
      {leftOut > 0 && <p className="small mute more">{words.device.moreVariables(leftOut)}</p>}
    </details>
  );
}

function Row({ variable: { name, type, text, table, problem } }: { readonly variable: Variable }) {
  const words = useWords();
  const said = problem === "secret" ? words.device.variableSecret
    : problem === "slow" ? words.device.variableSlow
    : problem === "raised" ? words.device.variableRaised(text)
    : null;
  return (
    <div className="variable">
      <dt><b className="mono">{name}</b>{type && <span className="type mono mute">{type}</span>}</dt>
      <dd>
        {said !== null ? <span className="small mute">{said}</span>
          : table ? <LittleTable table={table} name={name} />
          : <code>{text}</code>}
      </dd>
    </div>
  );
}

function LittleTable({ table: { rows, columns, names, types, index, cells }, name }: { readonly table: VariableTable; readonly name: string }) {
  const words = useWords();
  const more = columns - names.length;
  return (
    <>
      <span className="small mute num">{words.common.rows(rows)} · {words.common.columns(columns)}</span>
      {names.length > 0 && (
        // It scrolls, so the keys have to reach it.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <div className="little" role="region" aria-label={name} tabIndex={0}>
          <table>
            <thead>
              <tr>
                <td className="mute">#</td>
                {/* Names of columns can be the same. */}
                {/* oxlint-disable-next-line react/no-array-index-key */}
                {names.map((column, place) => <th key={place} scope="col" title={types[place]}>{column}</th>)}
                {more > 0 && <td className="mute">{words.device.moreColumns(more)}</td>}
              </tr>
            </thead>
            <tbody>
              {cells.map((row, number) => (
                // oxlint-disable-next-line react/no-array-index-key
                <tr key={number}>
                  <th scope="row">{index[number]}</th>
                  {/* oxlint-disable-next-line react/no-array-index-key */}
                  {row.map((cell, place) => <td key={place}>{cell}</td>)}
                  {more > 0 && <td className="mute">…</td>}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}
