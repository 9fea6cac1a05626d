/** Whether this browser is signed in. */

import { create } from "zustand";
import { ApiError, client, data, onSignedOut, reached } from "./client";

interface Session {
  readonly signedIn: boolean;
  signIn(token: string): Promise<boolean>;
  signOut(): Promise<void>;
}

export const useSession = create<Session>()((set) => {
  onSignedOut(() => set({ signedIn: false }));
  return {
    signedIn: true,
    async signIn(token) {
      const response = await reached(
        fetch("/signin", { method: "POST", body: JSON.stringify({ token }), headers: { "Content-Type": "application/json" } }),
      );
      if (response.ok) set({ signedIn: true });
      return response.ok;
    },
    async signOut() {
      await reached(fetch("/signout", { method: "POST" }));
      set({ signedIn: false });
    },
  };
});

/** Ask the server whether the session holds. */
export async function lookAtSession(): Promise<void> {
  await data(client.GET("/session")).catch((error: unknown) => {
    if (!(error instanceof ApiError)) throw error;
  });
}
