/** Help while a script is typed: completion, hover, signatures, and marks at mistakes. */

import { autocompletion, type CompletionContext, type CompletionSource } from "@codemirror/autocomplete";
import { globalCompletion, localCompletionSource } from "@codemirror/lang-python";
import type { Diagnostic } from "@codemirror/lint";
import { LSPClient, LSPPlugin, serverCompletionSource, signatureHelp } from "@codemirror/lsp-client";
import type { Extension } from "@codemirror/state";
import { EditorView, hoverTooltip, ViewPlugin, type ViewUpdate } from "@codemirror/view";
import type * as lsp from "vscode-languageserver-protocol";
import { documentation } from "./documentation";
import { type HelpStanding, LanguageServer } from "./language_server";
import { markFindings } from "./marks";

/** The script's name for the server, which has no such file. */
const URI = "file:///script.py";
/** Milliseconds after a key: until completions are asked for, and until mistakes are looked for. */
const COMPLETE_AFTER = 15;
const LOOK_AFTER = 250;
const HOVER_AFTER = 300;
const SEVERITIES = ["error", "warning", "info"] as const;

/** A list that scrolls can be reached by those who can't use a mouse. */
const REACHABLE = EditorView.updateListener.of(({ view }) => {
  for (const list of view.dom.querySelectorAll<HTMLElement>(".cm-tooltip-autocomplete > ul, .cm-lsp-signature-tooltip")) list.tabIndex = 0;
});

export interface ScriptHelp {
  readonly extension: Extension;
  /** The node has changed: have the language server learn about it again. */
  renew(): void;
  close(): void;
}

interface Options {
  readonly address: string;
  /** Completions that the page itself knows, such as columns. */
  readonly own: CompletionSource;
  readonly told: (standing: HelpStanding) => void;
}

export function scriptHelp({ address, own, told }: Options): ScriptHelp {
  const client = new HelpClient({
    // A late answer does no harm: what it was asked for is gone by then.
    timeout: 60_000,
    // Nothing that a server says is ever HTML here.
    sanitizeHTML: () => "",
    notificationHandlers: { "textDocument/publishDiagnostics": take },
  });
  const server = new LanguageServer(client, address, told);
  const isReady = () => server.standing === "ready" && client.serverCapabilities !== null;
  const served: CompletionSource = (context) => (isReady() ? answered(context) : null);
  const local: CompletionSource = (context) => (isReady() ? null : localCompletionSource(context));
  const builtIn: CompletionSource = (context) => (isReady() ? null : globalCompletion(context));
  return {
    extension: [
      client.plugin(URI, "python"),
      autocompletion({ override: [own, served, local, builtIn], activateOnTypingDelay: COMPLETE_AFTER, maxRenderedOptions: 60 }),
      signatureHelp(),
      hover(client, isReady),
      looking(client),
      REACHABLE,
    ],
    renew: () => server.connectAgain(),
    close: () => server.close(),
  };
}

/** Takes an unanswered question about a signature for none: the library leaves such a failure to the browser. */
class HelpClient extends LSPClient {
  override request<Params, Result>(method: string, params: Params): Promise<Result> {
    const answer = super.request<Params, Result>(method, params);
    return method === "textDocument/signatureHelp" ? answer.catch(() => null as Result) : answer;
  }
}

/** What the server completes; nothing where it has no answer, such as for a script that has changed meanwhile. */
async function answered(context: CompletionContext) {
  try {
    const found = await serverCompletionSource(context);
    return found && found.options.length > 0 ? found : null;
  } catch {
    return null;
  }
}

function take(client: LSPClient, { uri, version, diagnostics }: lsp.PublishDiagnosticsParams): boolean {
  const file = client.workspace.getFile(uri);
  const view = file?.getView();
  const plugin = view && LSPPlugin.get(view);
  // An answer about an older text; the next one is on its way.
  if (!file || !plugin || version !== file.version) return true;
  const place = (position: lsp.Position) => plugin.unsyncedChanges.mapPos(plugin.fromPosition(position, plugin.syncedDoc));
  markFindings(view, diagnostics.map(({ range, severity, message }): Diagnostic => ({
    from: place(range.start),
    to: place(range.end),
    severity: SEVERITIES[(severity ?? 1) - 1] ?? "info",
    message: typeof message === "string" ? message : message.value,
    source: "pyrefly",
  })));
  return true;
}

function hover(client: LSPClient, isReady: () => boolean): Extension {
  const source = async (view: Parameters<typeof LSPPlugin.get>[0], at: number) => {
    const plugin = LSPPlugin.get(view);
    const word = view.state.wordAt(at);
    if (!plugin || !word || !isReady()) return null;
    client.sync();
    const asked = { textDocument: { uri: URI }, position: plugin.toPosition(at) };
    const found = await client.request<lsp.HoverParams, { contents: lsp.MarkupContent } | null>("textDocument/hover", asked).catch(() => null);
    if (!found) return null;
    return { pos: word.from, end: word.to, above: true, create: () => ({ dom: documentation(found.contents.value) }) };
  };
  return hoverTooltip(source, { hideOn: (transaction) => transaction.docChanged, hoverTime: HOVER_AFTER });
}

/** Sends the text a moment after the last key, so that mistakes are looked for. */
function looking(client: LSPClient): Extension {
  return ViewPlugin.fromClass(class {
    timer: ReturnType<typeof setTimeout> | undefined;

    update(update: ViewUpdate) {
      if (!update.docChanged) return;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => client.sync(), LOOK_AFTER);
    }

    destroy() {
      clearTimeout(this.timer);
    }
  });
}
