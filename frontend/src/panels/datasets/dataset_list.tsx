/** The dataset files of the workspace: their size, versions, and where they are used. */

import { Link } from "@tanstack/react-router";
import { Fragment } from "react";
import type { DatasetFile, DatasetVersion } from "../../api/datasets";
import type { Words } from "../../words/en";
import { amount, moment, size, useWords } from "../../words/words";

export function DatasetList({ datasets }: { readonly datasets: readonly DatasetFile[] }) {
  const words = useWords();
  return (
    <table className="list card">
      <thead>
        <tr>
          <th>{words.datasets.name}</th><th className="r">{words.datasets.size}</th><th>{words.datasets.content}</th><th className="r">{words.datasets.versions}</th><th>{words.datasets.changed}</th><th>{words.datasets.usedBy}</th>
        </tr>
      </thead>
      <tbody>
        {datasets.map(({ name, bytes, content, changed_at, versions, used_by }) => {
          const now = versions.find((one) => one.content === content);
          return (
            <tr key={name}>
              <td title={name}><Link to="/datasets/$name" params={{ name }}>{name}</Link></td>
              <td className="r">{size(bytes)}</td>
              <td className="num">{contentText(now, words)}</td>
              <td className="r">{amount(Math.max(1, versions.length))}</td>
              <td className="num">{changed_at === null ? "–" : moment(changed_at)}</td>
              <td className="wraps"><UsedBy experiments={used_by} /></td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** "768 rows · 9 columns"; a dash for a content that has not been read. */
export function contentText(version: DatasetVersion | undefined, words: Words): string {
  return version?.rows == null ? "–" : `${words.common.rows(version.rows)} · ${words.common.columns(version.columns.length)}`;
}

export function UsedBy({ experiments }: { readonly experiments: readonly string[] }) {
  const words = useWords();
  if (experiments.length === 0) return <span className="mute">{words.datasets.nobody}</span>;
  return experiments.map((name, at) => (
    <Fragment key={name}>{at > 0 && ", "}<Link to="/experiments/$name" params={{ name }}>{name}</Link></Fragment>
  ));
}
