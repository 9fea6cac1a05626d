/** The mark of a node that differs between two runs: each kind has a shape of its own. */

const DRAWN = {
  added: <><rect x="1" y="1" width="14" height="14" rx="2" /><path className="cut" d="M8 4v8M4 8h8" strokeWidth="2" /></>,
  removed: <><circle cx="8" cy="8" r="7" /><path className="cut" d="M4 8h8" strokeWidth="2" /></>,
  changed: <><path d="M8 1l7 13.500H1z" /><path className="cut" d="M8 6v4M8 12v.1" strokeWidth="1.800" /></>,
} as const;

export function ChangeMark({ change, label }: { readonly change: keyof typeof DRAWN; readonly label: string }) {
  return (
    <span className={`changemark ${change}`}>
      <svg className="i f" viewBox="0 0 16 16" aria-hidden="true">{DRAWN[change]}</svg>{label}
    </span>
  );
}
