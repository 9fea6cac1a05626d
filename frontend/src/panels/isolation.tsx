/** The isolation of scripts on this machine: its layers, tried out by a script that wants to get out. */

import { useMutation } from "@tanstack/react-query";
import { ShieldCheck } from "lucide-react";
import { client, data } from "../api/client";
import { Button } from "../look/button";
import { StateMark } from "../look/marks";
import { useTroubleText } from "../look/trouble";
import { useWords } from "../words/words";

export function Isolation() {
  const words = useWords();
  const trouble = useTroubleText();
  const tried = useMutation({ mutationFn: () => data(client.POST("/isolation")) });
  const found = tried.data;
  const through = found?.attempts.filter(({ stopped }) => !stopped) ?? [];
  const level = (name: string) => (name === "full" || name === "filtered" || name === "limits" ? words.isolation.levels[name] : name);
  return (
    <section className="isolation" aria-busy={tried.isPending}>
      <h2 className="hd">{words.settings.isolation}</h2>
      <p className="soft small">{words.isolation.says}</p>
      {found && (
        <div aria-live="polite">
          <p className={`note ${found.level === "full" && through.length === 0 ? "ok" : "warn"}`}>
            <StateMark mark={found.level === "full" && through.length === 0 ? "done" : "need"} />
            <span><b>{level(found.level)}</b> {words.isolation.stopped(found.attempts.length - through.length, found.attempts.length)}</span>
          </p>
          <ul className="layers">
            {found.layers.map(({ name, active, detail, remedy }) => (
              <li key={name}>
                <StateMark mark={active ? "done" : "held"} />
                <div><b>{name}</b>, {active ? words.isolation.active : words.isolation.missing}<br /><span className="small mute">{detail} {remedy}</span></div>
              </li>
            ))}
            {through.map(({ tried: what, outcome }) => (
              <li key={what}><StateMark mark="failed" /><div><b>{words.isolation.passed}</b> {what}<br /><span className="small mute">{outcome}</span></div></li>
            ))}
          </ul>
        </div>
      )}
      {tried.isError && <p className="help bad" role="alert">{trouble(tried.error)}</p>}
      <Button look="line" icon={ShieldCheck} cannot={tried.isPending && words.common.loading} onClick={() => tried.mutate()}>{words.isolation.tryOut}</Button>
    </section>
  );
}
