/** The studio: signed in or not, and which page is shown. */

import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useEffect } from "react";
import { queries } from "../api/queries";
import { useSession } from "../api/session";
import { onUse } from "../look/on_use";
import { ToastRegion } from "../look/toast";
import { useLanguage } from "../words/words";
import { globalKeys } from "./commands";
import { router } from "./router";

const SignInPage = onUse(async () => (await import("../pages/sign_in")).SignInPage);

export function Studio() {
  const language = useLanguage((choice) => choice.language);
  const signedIn = useSession((session) => session.signedIn);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  useEffect(() => {
    document.addEventListener("keydown", globalKeys);
    return () => document.removeEventListener("keydown", globalKeys);
  }, []);
  if (!signedIn || location.pathname === "/signin") return <SignInPage />;
  return (
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
      <ToastRegion />
    </QueryClientProvider>
  );
}
