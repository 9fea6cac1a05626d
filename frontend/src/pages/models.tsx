/** The saved models and transforms: their versions, what made them, and where they are used. */

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect } from "react";
import { type Saved, savedQuery } from "../api/datasets";
import { PortMark } from "../look/marks";
import { Trouble } from "../look/trouble";
import { UsedBy } from "../panels/datasets/dataset_list";
import { Frame } from "../shell/frame";
import { amount, moment, size, useWords } from "../words/words";

export function ModelsPage() {
  const words = useWords();
  const found = useQuery(savedQuery);
  const saved = found.data?.saved ?? [];
  useEffect(() => {
    document.title = `${words.models.title} – Studiolo`;
  }, [words]);
  return (
    <Frame bar={<nav className="crumbs" aria-label={words.rail.where}><h1>{words.models.title}</h1></nav>}>
      {found.isError ? (
        <main className="page centred"><Trouble error={found.error} onRetry={() => void found.refetch()} /></main>
      ) : (
        <main className="page padded" aria-busy={!found.data}>
          {saved.length > 0 && <SavedList saved={saved} />}
          {found.data && saved.length === 0 && <p className="mute">{words.models.none}</p>}
        </main>
      )}
    </Frame>
  );
}

function SavedList({ saved }: { readonly saved: readonly Saved[] }) {
  const words = useWords();
  return (
    <table className="list card">
      <thead>
        <tr><th>{words.common.name}</th><th>{words.models.kind}</th><th className="r">{words.models.versions}</th><th className="r">{words.datasets.size}</th><th>{words.models.saved}</th><th>{words.models.madeBy}</th><th>{words.datasets.usedBy}</th></tr>
      </thead>
      <tbody>
        {saved.map(({ name, kind, versions, used_by }) => {
          const newest = versions.at(-1);
          const isModel = kind === "model";
          return (
            <tr key={`${kind} ${name}`}>
              <td title={name}><b>{name}</b></td>
              <td><span className="row"><PortMark kind={isModel ? "model" : "transform"} full />{isModel ? words.models.trained_model : words.models.transform}</span></td>
              <td className="r">{amount(versions.length)}</td>
              <td className="r">{newest && size(newest.bytes)}</td>
              <td className="num">{newest && moment(newest.saved_at)}</td>
              <td>{newest?.damage ? <span className="bad">{newest.damage}</span> : newest && <Link to="/runs/$run/nodes/$node" params={{ run: newest.run, node: newest.node }} className="mono">{newest.node}</Link>}</td>
              <td className="wraps"><UsedBy experiments={used_by} /></td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
