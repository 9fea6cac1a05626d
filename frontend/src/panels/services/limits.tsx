/** The limits of an endpoint: what its callers may ask for, shown and changed. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type Endpoint, type Limits as Values, services } from "../../api/services";
import { Button } from "../../look/button";
import { useTroubleText } from "../../look/trouble";
import { amount, duration, useWords } from "../../words/words";

const FIELDS = ["concurrent_calls", "queued_calls", "seconds", "request_bytes", "rows"] as const;
type Field = (typeof FIELDS)[number];
/** How much of each a field counts: a size is typed in MiB. */
const UNITS: Readonly<Record<Field, number>> = { concurrent_calls: 1, queued_calls: 1, seconds: 1, request_bytes: 2 ** 20, rows: 1 };

export function Limits({ service, endpoint }: { readonly service: string; readonly endpoint: Endpoint }) {
  const words = useWords();
  const trouble = useTroubleText();
  const queries = useQueryClient();
  const [typed, setTyped] = useState<Partial<Record<Field, number>> | null>(null);
  const change = useMutation({
    mutationFn: (values: Partial<Values>) => services.limits(service, endpoint.name, values),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["services"] });
      setTyped(null);
    },
  });
  const missing = typed !== null && Object.values(typed).some((value) => Number.isNaN(value));
  const apply = () => change.mutate(Object.fromEntries(Object.entries(typed ?? {}).map(([field, value]) => [field, Math.round(value * UNITS[field as Field])])));
  return (
    <div className="sec">
      <h3><span className="grow">{words.services.limits}</span>
        {!typed && <Button small onClick={() => setTyped({})}>{words.services.changeLimits}</Button>}
      </h3>
      {!typed && <p className="small soft">{words.services.limitsSay(endpoint.concurrent_calls, endpoint.queued_calls, duration(endpoint.seconds), amount(endpoint.rows), `${amount(endpoint.request_bytes / UNITS.request_bytes)} MiB`)}</p>}
      {typed && (
        <form onSubmit={(event) => { event.preventDefault(); if (!missing) apply(); }}>
          <div className="limits">
            {FIELDS.map((field) => (
              <label key={field}>
                <span>{words.services.limit[field]}</span>
                <input className="in low" type="number" min={0} step="any" value={valueOf(typed[field] ?? endpoint[field] / UNITS[field])} onChange={(event) => setTyped({ ...typed, [field]: event.target.valueAsNumber })} />
              </label>
            ))}
          </div>
          {change.isError && <p className="help bad" role="alert">{trouble(change.error)}</p>}
          <p className="row keysrow">
            <Button look="go" type="submit" cannot={missing && words.services.numbersNeeded}>{words.services.apply}</Button>
            <Button onClick={() => { setTyped(null); change.reset(); }}>{words.common.cancel}</Button>
          </p>
        </form>
      )}
    </div>
  );
}

function valueOf(value: number): number | "" {
  return Number.isNaN(value) ? "" : value;
}
