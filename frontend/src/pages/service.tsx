/** The dashboard of a web service: its endpoints, keys, traffic and figures, and a form to test it. */

import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { BookOpen, Trash2, Workflow } from "lucide-react";
import { useEffect, useState } from "react";
import { serviceQuery } from "../api/services";
import { Button } from "../look/button";
import { Icon } from "../look/icon";
import { Select } from "../look/select";
import { Trouble } from "../look/trouble";
import { EndpointCard } from "../panels/services/endpoint_card";
import { Jobs } from "../panels/services/jobs";
import { RemoveService } from "../panels/services/remove_service";
import { SampleCode } from "../panels/services/sample_code";
import { TestForm } from "../panels/services/test_form";
import { Crumbs } from "../shell/crumbs";
import { Frame } from "../shell/frame";
import { useWords } from "../words/words";

export function ServicePage() {
  const words = useWords();
  const { name } = useParams({ from: "/services/$name/dashboard" });
  const found = useQuery(serviceQuery(name));
  const newest = found.data?.versions.filter(({ removed }) => !removed).at(-1);
  const [chosen, setChosen] = useState<string | null>(null);
  const [removing, setRemoving] = useState(false);
  const endpoint = found.data?.endpoints.find((one) => one.name === chosen) ?? found.data?.endpoints[0];
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
          <a className="b" href={`/services/${encodeURIComponent(name)}`}><Icon of={BookOpen} />{words.services.help}</a>
          {found.data && <Button icon={Trash2} onClick={() => setRemoving(true)}>{words.services.remove}…</Button>}
          {newest && <Link to="/experiments/$name" params={{ name: newest.experiment }} className="b line"><Icon of={Workflow} />{words.canvas.toDraft}</Link>}
        </>
      }
    >
      {found.isError ? (
        <main className="page centred"><Trouble error={found.error} onRetry={() => void found.refetch()} /></main>
      ) : (
        <main className="page padded service" aria-busy={!found.data}>
          <div className="stack">
            {found.data?.endpoints.map((one) => <EndpointCard key={one.id} service={found.data} endpoint={one} />)}
            {newest && endpoint && <Jobs key={endpoint.name} service={name} endpoint={endpoint.name} schema={newest.schema} />}
          </div>
          {newest && endpoint && (
            <div className="stack">
              {found.data && found.data.endpoints.length > 1 && (
                <Select label={words.services.endpoint} value={endpoint.name} choices={found.data.endpoints.map((one) => [one.name, one.name] as const)} onChange={setChosen} />
              )}
              <TestForm key={`${newest.version} ${endpoint.name}`} service={name} endpoint={endpoint.name} schema={newest.schema} />
              <SampleCode service={name} endpoint={endpoint.name} />
            </div>
          )}
        </main>
      )}
      {removing && found.data && <RemoveService service={found.data} onClose={() => setRemoving(false)} />}
    </Frame>
  );
}
