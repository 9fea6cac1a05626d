/** What a node may reach in the network, and which secrets it is given. */

import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useEffect, useId, useState } from "react";
import { secretsQuery } from "../../api/secrets";
import type { Experiment } from "../../canvas/experiment";
import type { GraphNode, Value } from "../../graph/graph";
import { IconButton } from "../../look/button";
import { Select } from "../../look/select";
import { useWords } from "../../words/words";

interface AccessProps {
  readonly experiment: Experiment;
  readonly node: GraphNode;
  readonly readOnly: boolean;
}

export function Access({ experiment, node, readOnly }: AccessProps) {
  const words = useWords();
  const targets = textsOf(node.form.allow);
  const secrets = textsOf(node.form.secrets);
  const given = targets.length + secrets.length;
  const [open, setOpen] = useState(given > 0);
  const set = (key: string, value: Value) => experiment.act("parameter", node.name, [{ kind: "set_key", node: node.name, key, value }]);
  if (readOnly && given === 0) return null;
  return (
    <details className="sec access" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="hd">{words.access.title}{given > 0 && <span className="count">{given}</span>}</summary>
      {open && (
        <>
          <Targets experiment={experiment} node={node.name} targets={targets} readOnly={readOnly} onChange={(some) => set("allow", some)} />
          <Secrets names={secrets} readOnly={readOnly} onChange={(some) => set("secrets", some)} />
          {given > 0 && (
            <div className="f">
              <label className="check">
                <input type="checkbox" checked={node.form.cache === true} disabled={readOnly} onChange={(event) => set("cache", event.target.checked || null)} />
                <span>{words.access.keep}</span>
              </label>
            </div>
          )}
        </>
      )}
    </details>
  );
}

interface TargetsProps {
  readonly experiment: Experiment;
  readonly node: string;
  readonly targets: readonly string[];
  readonly readOnly: boolean;
  readonly onChange: (targets: Value) => void;
}

/** The server reads what is typed, and its sentence about what it does not take is shown here. */
function Targets({ experiment, node, targets, readOnly, onChange }: TargetsProps) {
  const words = useWords();
  const [typed, setTyped] = useState("");
  const [tried, setTried] = useState("");
  const refusal = experiment.use((state) => state.refusal);
  const messageId = useId();
  const isRefused = refusal?.edits.some((edit) => edit.kind === "set_key" && edit.node === node && edit.key === "allow") ?? false;
  useEffect(() => {
    // It is in the field again, to be corrected.
    if (isRefused) setTyped((now) => now || tried);
  }, [isRefused, tried]);
  const wrong = isRefused && typed !== "" ? refusal?.message : undefined;
  const add = () => {
    const target = typed.trim();
    if (target === "") return;
    setTyped("");
    setTried(target);
    if (!targets.includes(target)) onChange([...targets, target]);
  };
  return (
    <div className="f" role="group" aria-label={words.access.network}>
      <div className="lab"><span>{words.access.network}</span></div>
      <Tags names={targets} readOnly={readOnly} remove={words.access.forbid} onChange={onChange} />
      {!readOnly && (
        <input
          className="in mono"
          aria-label={words.access.target}
          placeholder="api.example.com:443"
          value={typed}
          aria-invalid={wrong !== undefined}
          aria-describedby={messageId}
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={({ key }) => key === "Enter" && add()}
          onBlur={add}
        />
      )}
      {wrong ? <p id={messageId} className="help bad" role="alert">{wrong}</p> : <p id={messageId} className="help">{words.access.networkHint}</p>}
    </div>
  );
}

interface SecretsProps {
  readonly names: readonly string[];
  readonly readOnly: boolean;
  readonly onChange: (names: Value) => void;
}

function Secrets({ names, readOnly, onChange }: SecretsProps) {
  const words = useWords();
  const { data: kept } = useQuery(secretsQuery);
  const left = kept?.names.filter((name) => !names.includes(name)) ?? [];
  const missing = kept ? names.filter((name) => !kept.names.includes(name)) : [];
  return (
    <div className="f" role="group" aria-label={words.access.secrets}>
      <div className="lab"><span>{words.access.secrets}</span></div>
      <Tags names={names} readOnly={readOnly} remove={words.access.takeAway} onChange={onChange} />
      {!readOnly && left.length > 0 && (
        <Select
          label={words.access.give}
          value=""
          choices={[["", words.access.give], ...left.map((name) => [name, name] as const)]}
          onChange={(name) => name !== "" && onChange([...names, name])}
        />
      )}
      {missing.length > 0 && <p className="help warn">{words.access.missing(missing)}</p>}
      <p className="help">{words.access.secretsHint}<code className="mono">{" studiolo secret set NAME"}</code></p>
    </div>
  );
}

interface TagsProps {
  readonly names: readonly string[];
  readonly readOnly: boolean;
  readonly remove: (name: string) => string;
  readonly onChange: (names: Value) => void;
}

function Tags({ names, readOnly, remove, onChange }: TagsProps) {
  if (names.length === 0) return null;
  return (
    <ul className="tags">
      {names.map((name) => (
        <li key={name} className="tag">
          <span className="mono clip" title={name}>{name}</span>
          {!readOnly && (
            <IconButton
              small
              icon={X}
              label={remove(name)}
              onClick={() => onChange(names.length > 1 ? names.filter((other) => other !== name) : null)}
            />
          )}
        </li>
      ))}
    </ul>
  );
}

function textsOf(value: Value | undefined): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
