/** The upload of a file in pieces. It goes on where it stopped, after a lost connection as well. */

/** What carries the pieces to the server. */
export interface Carrier {
  /** How many bytes have arrived. */
  arrived(id: string): Promise<number>;
  /** Bytes that have arrived with this piece. */
  append(id: string, offset: number, piece: Blob): Promise<number>;
}

export interface Progress {
  readonly sent: number;
  readonly size: number;
}

/** Bytes of a piece; the server takes up to 64 MiB. */
export const PIECE = 8 * 1024 * 1024;
const TRIES = 5;

interface Sending {
  readonly carrier: Carrier;
  readonly signal: AbortSignal;
  onProgress(progress: Progress): void;
  /** Whether a piece that failed so may arrive when it is sent again. */
  mayPass(error: unknown): boolean;
  /** Waits before the next try, the longer the more there were. */
  pause(tries: number): Promise<void>;
}

/** Send what is missing of a file. @throws what the carrier throws, and at an abort the signal's reason */
export async function send(id: string, file: Blob, sending: Sending): Promise<void> {
  const { carrier, signal, onProgress } = sending;
  let sent = 0;
  let tries = 0;
  let known = false;
  while (!known || sent < file.size) {
    signal.throwIfAborted();
    try {
      if (!known) {
        sent = await carrier.arrived(id);
        known = true;
      } else {
        sent = await carrier.append(id, sent, file.slice(sent, sent + PIECE));
        tries = 0;
      }
      onProgress({ sent, size: file.size });
    } catch (error) {
      signal.throwIfAborted();
      tries += 1;
      if (tries >= TRIES || !sending.mayPass(error)) throw error;
      // A part of the piece may have arrived.
      known = false;
      await sending.pause(tries);
    }
  }
}
