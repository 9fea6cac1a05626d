/** Files that the server makes on demand; one that it can't make is an error, and no page of its own. */

import { refused, reached } from "./client";

/** Have the browser save the file at an address. @throws ApiError */
export async function download(address: string): Promise<void> {
  const answer = await reached(fetch(address));
  if (!answer.ok) throw refused(answer.status, await answer.json().catch(() => null));
  const file = URL.createObjectURL(await reached(answer.blob()));
  const link = document.createElement("a");
  link.href = file;
  link.download = fileName(answer.headers.get("Content-Disposition") ?? "");
  link.click();
  // The browser has begun to save it by the time that a minute has passed.
  setTimeout(() => URL.revokeObjectURL(file), 60_000);
}

/** The name that a header gives to a file, as RFC 8187 writes it. */
export function fileName(disposition: string): string {
  return decodeURIComponent(/filename\*=UTF-8''([^;]+)/i.exec(disposition)?.[1] ?? "");
}
