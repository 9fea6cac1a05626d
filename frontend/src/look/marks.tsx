/** Our own marks: the cube, ports, states, and the inlays that tell families of modules apart. */

import type { NodeKind, PortKind } from "../graph/graph";

export function Cube() {
  return (
    <svg viewBox="0 0 26 28" aria-hidden="true">
      <path d="M13 1l12 6.500-12 6.500L1 7.500z" fill="currentColor" opacity=".38" />
      <path d="M1 7.500l12 6.500v13L1 20.500z" fill="currentColor" />
      <path d="M25 7.500L13 14v13l12-6.500z" fill="currentColor" opacity=".68" />
    </svg>
  );
}

const PORTS: Record<PortKind, React.ReactNode> = {
  dataset: <circle cx="6" cy="6" r="5" />,
  model: <path d="M6 0l6 6-6 6-6-6z" />,
  transform: <path d="M6 11.500L0 1.200h12z" />,
  zip: <rect x="1" y="1" width="10" height="10" rx="1" />,
};

/** The shape is the kind; filled, where there is something to look at or a wire is in. */
export function PortMark({ kind, full = false }: { readonly kind: PortKind; readonly full?: boolean }) {
  return (
    <svg className={`p ${kind} ${full ? "full" : ""}`} viewBox="0 0 12 12" aria-hidden="true">
      {PORTS[kind]}
    </svg>
  );
}

export type Mark = "never" | "need" | "waiting" | "running" | "done" | "kept" | "old" | "failed" | "held" | "stopped";

const BOOKMARK = "M3.500 1.500h9v13L8 11.200l-4.500 3.300z";
const OCTAGON = "M5.200 1h5.600L15 5.200v5.600L10.800 15H5.200L1 10.800V5.200z";

const MARKS: Record<Mark, { readonly filled: boolean; readonly drawn: React.ReactNode }> = {
  never: { filled: false, drawn: <circle cx="8" cy="8" r="5.500" strokeDasharray="2.200 2.100" /> },
  need: { filled: false, drawn: <path d="M8 2L14.500 13.500h-13zM8 6.500v3.200M8 11.600v.1" /> },
  waiting: { filled: false, drawn: <><circle cx="8" cy="8" r="6" /><path d="M8 4.500V8l2.300 1.500" /></> },
  running: { filled: false, drawn: <path className="arc" d="M8 2a6 6 0 1 1-6 6" strokeWidth="2" /> },
  done: { filled: true, drawn: <><circle cx="8" cy="8" r="7" /><path className="cut" d="M4.600 8.300l2.300 2.300 4.500-4.800" strokeWidth="1.800" /></> },
  kept: { filled: true, drawn: <><path d={BOOKMARK} /><path className="cut" d="M6 6.200h4" strokeWidth="1.600" /></> },
  old: { filled: false, drawn: <path d={BOOKMARK} /> },
  failed: { filled: true, drawn: <><path d={OCTAGON} /><path className="cut" d="M5.500 5.500l5 5M10.500 5.500l-5 5" strokeWidth="1.800" /></> },
  held: { filled: false, drawn: <path d={OCTAGON} /> },
  stopped: { filled: true, drawn: <rect x="2.500" y="2.500" width="11" height="11" rx="1" /> },
};

/** A state's mark: each has a shape of its own, so that colour says nothing alone. */
export function StateMark({ mark, small = false }: { readonly mark: Mark; readonly small?: boolean }) {
  const { filled, drawn } = MARKS[mark];
  return (
    <svg className={`i ${filled ? "f" : ""} ${small ? "s" : ""} ${mark === "running" ? "spin" : ""}`} viewBox="0 0 16 16" aria-hidden="true">
      {drawn}
    </svg>
  );
}

type Family = "data" | "change" | "scale" | "learn" | "script" | "figures" | "convert" | "service";

/** Two-tone squares; the classes `full`, `half` and `pale` have the tints. */
const INLAYS: Record<Family, React.ReactNode> = {
  data: <><path className="full" d="M1 1h14v4H1z" /><path className="half" d="M1 6.500h14v3.500H1z" /><path className="pale" d="M1 11.500h14V15H1z" /></>,
  change: <><path className="full" d="M1 1h14L1 15z" /><path className="half" d="M15 1v14H1z" /></>,
  scale: <><path className="half" d="M1 15V11l14-10v14z" /><path className="full" d="M1 9.500V1h11.900z" /></>,
  learn: <><path className="pale" d="M1 1h14v14H1z" /><path className="full" d="M1 15V8a7 7 0 0 1 7 7z" /><path className="half" d="M1 8V1a14 14 0 0 1 14 14H8a7 7 0 0 0-7-7z" /></>,
  script: <><path className="pale" d="M1 1h14v14H1z" /><path className="full" d="M1 1h4l6 7-6 7H1l6-7z" /><path className="half" d="M11 12h4v3h-4z" /></>,
  figures: <><path className="half" d="M1 9h3.500v6H1z" /><path className="full" d="M6.200 4h3.500v11H6.200z" /><path className="half" d="M11.500 1H15v14h-3.500z" /></>,
  convert: <><path className="full" d="M1 1h6.500v14H1z" /><path className="half" d="M8.500 1H15v14H8.500z" /></>,
  service: <><path className="half" d="M1 1h14v14H1z" /><path className="full" d="M4.500 8L8 4.500 11.500 8 8 11.500z" /></>,
};

const FAMILIES: readonly (readonly [RegExp, Family])[] = [
  [/python|r language|custom/i, "script"],
  [/machine learning/i, "learn"],
  [/scale|normal/i, "scale"],
  [/transformation|opencv|feature/i, "change"],
  [/statistic/i, "figures"],
  [/conversion/i, "convert"],
  [/web service/i, "service"],
];

/** The family of a module, by its place in the palette. */
function familyOf(kind: NodeKind, category: readonly string[]): Family {
  if (kind === "trained_model") return "learn";
  if (kind === "transform") return "scale";
  const place = category.join(" ");
  return FAMILIES.find(([words]) => words.test(place))?.[1] ?? "data";
}

interface InlayProps {
  readonly kind: NodeKind;
  readonly category: readonly string[];
  readonly big?: boolean;
}

export function Inlay({ kind, category, big = false }: InlayProps) {
  return (
    <svg className={`inlay ${big ? "big" : ""}`} viewBox="0 0 16 16" aria-hidden="true">
      {INLAYS[familyOf(kind, category)]}
    </svg>
  );
}
