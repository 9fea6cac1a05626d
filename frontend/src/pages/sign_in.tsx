/** Signing in with the server's token, for those who did not follow its link. */

import { type FormEvent, useState } from "react";
import { useSession } from "../api/session";
import { Button } from "../look/button";
import { Cube } from "../look/marks";
import { useTroubleText } from "../look/trouble";
import { useWords } from "../words/words";

export function SignInPage() {
  const words = useWords();
  const trouble = useTroubleText();
  const signIn = useSession((session) => session.signIn);
  const [token, setToken] = useState("");
  const [refused, setRefused] = useState(new URLSearchParams(location.search).has("refused") ? words.signIn.refused : "");
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    try {
      if (!(await signIn(token.trim()))) return setRefused(words.signIn.refused);
      if (location.pathname === "/signin") location.assign("/");
    } catch (error) {
      setRefused(trouble(error));
    }
  };
  return (
    <main className="page centred signin">
      <form className="card" onSubmit={submit}>
        <span className="mark"><Cube /></span>
        <h1>{words.signIn.title}</h1>
        <p className="soft">{words.signIn.explain}</p>
        <label className="f">
          <span className="lab">{words.signIn.token}</span>
          <input
            className="in mono"
            type="password"
            autoComplete="current-password"
            value={token}
            aria-invalid={refused !== ""}
            aria-describedby="refused"
            onChange={(event) => setToken(event.target.value)}
          />
          <span id="refused" className="help bad" role="alert">{refused}</span>
        </label>
        <Button look="go" type="submit">{words.signIn.button}</Button>
      </form>
    </main>
  );
}
