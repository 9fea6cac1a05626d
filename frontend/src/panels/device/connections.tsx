/** What a node talked to in the network, and what it was refused. */

import type { RunNode } from "../../api/runs";
import { phraseText } from "../../words/server";
import { amount, clock, size, useWords } from "../../words/words";

/** Rows that are drawn; a script can try thousands of times. */
const MOST = 200;

export function Connections({ connections }: { readonly connections: RunNode["network"] }) {
  const words = useWords();
  return (
    // It scrolls, so the keys have to reach it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="card connections" role="region" aria-label={words.access.connections} tabIndex={0}>
      <table className="list">
        <thead>
          <tr>
            <th scope="col">{words.access.when}</th>
            <th scope="col" className="wide">{words.access.host}</th>
            <th scope="col" className="r">{words.access.sent}</th>
            <th scope="col" className="r">{words.access.received}</th>
            <th scope="col" className="wide">{words.access.outcome}</th>
          </tr>
        </thead>
        <tbody>
          {connections.slice(0, MOST).map(({ at, host, port, sent_bytes: sent, received_bytes: received, allowed, problem }, place) => (
            // Two connections can be the same in everything.
            // oxlint-disable-next-line react/no-array-index-key
            <tr key={place}>
              <td>{clock(at)}</td>
              <td className="mono" title={`${host}:${port}`}>{host}:{port}</td>
              <td className="r">{size(sent)}</td>
              <td className="r">{size(received)}</td>
              <td className={allowed && problem === "" ? "" : "bad"} title={phraseText(problem)}>{allowed ? phraseText(problem) || words.access.allowed : words.access.refused}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {connections.length > MOST && <p className="small mute more">{words.access.moreConnections(amount(connections.length - MOST))}</p>}
    </div>
  );
}
