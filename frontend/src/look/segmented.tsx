/** Two to four views of one thing, one of which is chosen. */

interface SegmentedProps<Value extends string> {
  readonly label: string;
  readonly chosen: Value;
  readonly choices: readonly (readonly [Value, string])[];
  readonly onChoose: (value: Value) => void;
}

export function Segmented<Value extends string>({ label, chosen, choices, onChoose }: SegmentedProps<Value>) {
  return (
    <div className="seg" role="group" aria-label={label}>
      {choices.map(([value, text]) => (
        <button key={value} type="button" aria-pressed={value === chosen} onClick={() => onChoose(value)}>{text}</button>
      ))}
    </div>
  );
}
