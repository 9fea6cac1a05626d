/** The web services of the workspace. */

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect } from "react";
import { servicesQuery } from "../api/services";
import { Trouble } from "../look/trouble";
import { Frame } from "../shell/frame";
import { amount, moment, useWords } from "../words/words";

export function ServicesPage() {
  const words = useWords();
  const found = useQuery(servicesQuery);
  useEffect(() => {
    document.title = `${words.services.title} – Studiolo`;
  }, [words]);
  return (
    <Frame bar={<nav className="crumbs" aria-label={words.rail.where}><h1>{words.services.title}</h1></nav>}>
      {found.isError ? (
        <main className="page centred"><Trouble error={found.error} onRetry={() => void found.refetch()} /></main>
      ) : (
        <main className="page padded" aria-busy={!found.data}>
          {found.data?.services.length === 0 && <p className="mute">{words.services.none}</p>}
          {found.data && found.data.services.length > 0 && (
            <table className="list card">
              <thead><tr><th>{words.services.name}</th><th className="r">{words.services.versions}</th><th>{words.services.published}</th><th>{words.services.endpoint}</th></tr></thead>
              <tbody>
                {found.data.services.map(({ name, versions, endpoints }) => {
                  const newest = versions.at(-1);
                  return (
                    <tr key={name}>
                      <td><Link to="/services/$name/dashboard" params={{ name }}>{name}</Link></td>
                      <td className="r">{amount(versions.length)}</td>
                      <td className="num">{newest && moment(newest.created_at)}</td>
                      <td className="mono">{endpoints.map((one) => one.name).join(", ")}</td>
                    </tr>
                  );
                })}
              </tbody>
            </table>
          )}
        </main>
      )}
    </Frame>
  );
}
