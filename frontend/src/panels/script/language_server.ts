/** The connection of an editor to the language server of its session, which it makes again when it is lost. */

import type { LSPClient, Transport } from "@codemirror/lsp-client";

/** `ready`: it answers. `waiting`: it is connected to, again or for the first time. `off`: it will not be. */
export type HelpStanding = "ready" | "waiting" | "off";

/** Close codes of the server: a refusal that says why, and a message that no editor should have sent. */
const UNAVAILABLE = 4000;
const REFUSED = 1008;
const BUSY = "language-servers-busy";
const FIRST_RETRY = 500;
const LAST_RETRY = 30_000;

export class LanguageServer {
  standing: HelpStanding = "waiting";
  private socket: WebSocket | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private retry = FIRST_RETRY;
  private closed = false;

  constructor(
    private readonly client: LSPClient,
    private readonly address: string,
    private readonly told: (standing: HelpStanding) => void,
  ) {
    this.connect();
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    this.socket?.close();
  }

  /** Connect anew: what it knows of the node, such as its wires, it learns when a connection begins. */
  connectAgain(): void {
    if (this.closed) return;
    if (this.standing !== "off") return this.socket?.close();
    this.stand("waiting");
    this.connect();
  }

  private connect(): void {
    const socket = new WebSocket(this.address);
    this.socket = socket;
    const handlers = new Set<(message: string) => void>();
    const transport: Transport = {
      send: (message) => socket.readyState === WebSocket.OPEN && socket.send(message),
      subscribe: (handler) => handlers.add(handler),
      unsubscribe: (handler) => handlers.delete(handler),
    };
    socket.addEventListener("message", ({ data }) => {
      for (const handler of handlers) handler(String(data));
    });
    socket.addEventListener("open", () => {
      this.client.connect(transport);
      this.client.initializing.then(() => {
        this.retry = FIRST_RETRY;
        this.stand("ready");
      }, () => socket.close());
    });
    socket.addEventListener("close", ({ code, reason }) => this.lost(code, reason));
  }

  private lost(code: number, reason: string): void {
    if (this.client.connected) this.client.disconnect();
    if (this.closed) return;
    if (code === REFUSED || (code === UNAVAILABLE && reason !== BUSY)) return this.stand("off");
    this.stand("waiting");
    this.timer = setTimeout(() => this.connect(), this.retry);
    this.retry = Math.min(LAST_RETRY, 2 * this.retry);
  }

  private stand(standing: HelpStanding): void {
    this.standing = standing;
    this.told(standing);
  }
}

/** The address of the WebSocket for a node's script. */
export function languageServerAddress(experiment: string, node: string): string {
  const path = `/api/experiments/${encodeURIComponent(experiment)}/nodes/${encodeURIComponent(node)}/language-server`;
  return new URL(path, location.href.replace(/^http/, "ws")).href;
}
