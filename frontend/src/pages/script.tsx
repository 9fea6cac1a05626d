export function ScriptPage() {
  return null;
}
