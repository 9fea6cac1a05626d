/**
 * Saving by itself: edits wait their turn, go to the server one batch at a time, and come back as its
 * new document. Nothing is overwritten: an edit of an old revision is a conflict, and waits.
 */

import { ApiError } from "../api/client";
import { type ExperimentDocument, changesOf } from "../api/graph_document";
import type { Edit } from "../graph/edits";
import type { Point } from "../graph/graph";

export interface Server {
  edited(revision: string, edits: ReturnType<typeof changesOf>["edits"]): Promise<ExperimentDocument>;
  arranged(positions: Record<string, Point>): Promise<void>;
}

export type Standing =
  | { readonly kind: "saved" }
  | { readonly kind: "saving" }
  | { readonly kind: "offline" }
  | { readonly kind: "conflict"; readonly theirs: ExperimentDocument };

interface Told {
  /** Another document, or edits that wait, or how they stand. */
  changed(): void;
  /** The server took none of these edits, and why. */
  refused(edits: readonly Edit[], error: ApiError): void;
}

const RETRY_AFTER = 2_000;

export class Saving {
  standing: Standing = { kind: "saved" };
  private waiting: Edit[] = [];
  private sent: readonly Edit[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private closed = false;
  private turns = 0;

  constructor(
    public document: ExperimentDocument,
    private readonly server: Server,
    private readonly told: Told,
  ) {}

  /** Edits that the document does not have yet, in their order. */
  get unsaved(): readonly Edit[] {
    return [...this.sent, ...this.waiting];
  }

  add(edits: readonly Edit[]): void {
    this.waiting.push(...edits);
    void this.send();
  }

  /** Changes with each batch that is sent and each document that is taken: one that was asked for before may be older. */
  get moment(): number {
    return this.turns;
  }

  /**
   * Take a document that was asked for at a moment at which no edits were on their way.
   * @returns whether it was; if not, it has to be asked for again
   */
  received(document: ExperimentDocument, moment: number): boolean {
    if (moment !== this.turns) return false;
    this.turns += 1;
    this.document = document;
    this.told.changed();
    return true;
  }

  /** Forget what was not saved, and take on the other version. */
  takeTheirs(): void {
    if (this.standing.kind !== "conflict") return;
    this.document = this.standing.theirs;
    this.waiting = [];
    this.stand({ kind: "saved" });
  }

  /** Make the edits again, on top of the other version. */
  keepMine(): void {
    if (this.standing.kind !== "conflict") return;
    this.document = this.standing.theirs;
    this.standing = { kind: "saved" };
    void this.send();
  }

  /** The page is left. What waits is still sent, but nobody is there to settle a conflict. */
  close(): void {
    this.closed = true;
    this.takeTheirs();
  }

  private async send(): Promise<void> {
    if (this.sent.length > 0 || this.waiting.length === 0 || this.standing.kind === "conflict") return;
    clearTimeout(this.timer);
    this.sent = this.waiting;
    this.waiting = [];
    this.turns += 1;
    this.stand({ kind: "saving" });
    try {
      await this.request(this.sent);
      this.sent = [];
      this.stand({ kind: "saved" });
    } catch (error) {
      this.failed(error);
    }
    if (this.standing.kind !== "offline") void this.send();
  }

  private async request(batch: readonly Edit[]): Promise<void> {
    const { edits, positions } = changesOf(batch);
    if (edits.length > 0) {
      this.document = await this.server.edited(this.document.revision, edits);
      // Should the positions not arrive, only they are sent again.
      this.sent = batch.filter((edit) => edit.kind === "move");
    }
    const there = new Set(this.document.nodes.map((node) => node.name));
    const moved = Object.fromEntries(Object.entries(positions).filter(([name]) => there.has(name)));
    if (Object.keys(moved).length === 0) return;
    await this.server.arranged(moved);
    this.document = { ...this.document, positions: { ...this.document.positions, ...moved } };
  }

  private failed(error: unknown): void {
    const batch = this.sent;
    this.sent = [];
    if (!(error instanceof ApiError)) throw error;
    const theirs = error.status === 409 ? (error.body as { theirs?: ExperimentDocument }).theirs : undefined;
    if (error.unreachable || error.status === 401) {
      this.waiting = [...batch, ...this.waiting];
      this.stand({ kind: "offline" });
      this.timer = setTimeout(() => void this.send(), RETRY_AFTER);
    } else if (theirs && !this.closed) {
      this.waiting = [...batch, ...this.waiting];
      this.stand({ kind: "conflict", theirs });
    } else {
      this.stand({ kind: "saved" });
      this.told.refused(batch, error);
    }
  }

  private stand(standing: Standing): void {
    this.standing = standing;
    this.told.changed();
  }
}
