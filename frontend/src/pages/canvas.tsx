export function CanvasPage() {
  return null;
}
