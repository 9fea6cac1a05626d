/** The dashboard of a web service: its endpoints, keys, traffic and figures, and a form to test it. */

import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { BookOpen } from "lucide-react";
import { useEffect } from "react";
import { serviceQuery } from "../api/services";
import { Icon } from "../look/icon";
import { Trouble } from "../look/trouble";
import { EndpointCard } from "../panels/services/endpoint_card";
import { TestForm } from "../panels/services/test_form";
import { Crumbs } from "../shell/crumbs";
import { Frame } from "../shell/frame";
import { useWords } from "../words/words";

export function ServicePage() {
  const words = useWords();
  const { name } = useParams({ from: "/services/$name/dashboard" });
  const found = useQuery(serviceQuery(name));
  const newest = found.data?.versions.filter(({ removed }) => !removed).at(-1);
  const endpoint = found.data?.endpoints[0];
  useEffect(() => {
    document.title = `${name} – Studiolo`;
  }, [name]);
  return (
    <Frame
      bar={
        <>
          <Crumbs above={[["/services", words.services.title]]} title={name} />
          <span className="end" />
          {/* The help page is the server's own, and needs no session. */}
          <a className="b line" href={`/services/${encodeURIComponent(name)}`}><Icon of={BookOpen} />{words.services.help}</a>
        </>
      }
    >
      {found.isError ? (
        <main className="page centred"><Trouble error={found.error} onRetry={() => void found.refetch()} /></main>
      ) : (
        <main className="page padded service" aria-busy={!found.data}>
          <div>{found.data?.endpoints.map((one) => <EndpointCard key={one.id} service={found.data} endpoint={one} />)}</div>
          {newest && endpoint && <TestForm key={newest.version} service={name} endpoint={endpoint.name} schema={newest.schema} />}
        </main>
      )}
    </Frame>
  );
}
