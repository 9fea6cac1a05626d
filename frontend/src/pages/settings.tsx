/** What this browser shows: language and appearance; and the workspace that it is of. */

import { useQuery } from "@tanstack/react-query";
import { workspaceQuery } from "../api/queries";
import { useSession } from "../api/session";
import { Button } from "../look/button";
import { Segmented } from "../look/segmented";
import { useTheme } from "../look/theme";
import { Isolation } from "../panels/isolation";
import { Frame } from "../shell/frame";
import { useLanguage, useWords } from "../words/words";

export function SettingsPage() {
  const words = useWords();
  const theme = useTheme();
  const language = useLanguage();
  const signOut = useSession((session) => session.signOut);
  const { data: workspace } = useQuery(workspaceQuery);
  return (
    <Frame bar={<nav className="crumbs" aria-label={words.rail.where}><h1>{words.settings.title}</h1></nav>}>
      <main className="page padded">
        <div className="settings">
          <div className="f">
            <span className="lab">{words.settings.language}</span>
            <Segmented
              label={words.settings.language}
              chosen={language.language}
              choices={[["en", "English"], ["ko", "한국어"]]}
              onChoose={language.choose}
            />
          </div>
          <div className="f">
            <span className="lab">{words.settings.theme}</span>
            <Segmented
              label={words.settings.theme}
              chosen={theme.theme}
              choices={[["system", words.settings.system], ["light", words.settings.light], ["dark", words.settings.dark]]}
              onChoose={theme.choose}
            />
          </div>
          {workspace && (
            <section>
              <h2 className="hd">{words.settings.workspace}</h2>
              <dl className="kv">
                <dt>{words.common.name}</dt><dd>{workspace.name}</dd>
                <dt>{words.settings.folder}</dt><dd className="mono">{workspace.folder}</dd>
                <dt>{words.settings.version}</dt><dd>{workspace.version}</dd>
              </dl>
            </section>
          )}
          <Isolation />
          <Button look="line" onClick={() => void signOut()}>{words.settings.signOut}</Button>
        </div>
      </main>
    </Frame>
  );
}
