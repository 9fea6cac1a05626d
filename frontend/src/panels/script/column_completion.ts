/** Completes the names of columns after `frame["`, and as `frame.name`. */

import type { Completion, CompletionSource } from "@codemirror/autocomplete";
import type { Column } from "../../api/scripts";
import { type ColumnsOfArguments, columnsOf } from "./column_names";

const NAME = "([\\p{L}_][\\p{L}\\p{N}_]*)";
/** Methods whose texts are names of columns. */
const METHODS = "(?:groupby|sort_values|set_index|drop|dropna|drop_duplicates|merge|pivot|pivot_table|melt|value_counts|nlargest|nsmallest|filter|rename|astype|agg)";
const SUBSCRIPT = `\\[\\s*\\[?\\s*|\\.loc\\[[^\\n]*?,\\s*\\[?\\s*|\\.${METHODS}\\((?:[^()\\n]*[=\\[(,{]\\s*)?`;
const ITEMS = "(?:(?:'[^'\\n]*'|\"[^\"\\n]*\")\\s*,\\s*)*";
const IN_TEXT = new RegExp(`${NAME}(?:${SUBSCRIPT})${ITEMS}(["'])([^"'\\n]*)$`, "u");
const AS_MEMBER = new RegExp(`(?:^|[^\\p{L}\\p{N}_.\\])])${NAME}\\.([\\p{L}\\p{N}_]*)$`, "u");
const IDENTIFIER = /^[\p{L}_][\p{L}\p{N}_]*$/u;
/** Characters before the cursor, within which a call or a selection begins. */
const LOOKED_AT = 2_000;
const FIRST = 99;
const MOST = 5_000;

/** @param given The columns of the arguments, as they are known at that time. */
export function columnCompletion(given: () => ColumnsOfArguments): CompletionSource {
  return ({ state, pos }) => {
    const before = state.sliceDoc(0, pos);
    const near = before.slice(-LOOKED_AT);
    const text = IN_TEXT.exec(near);
    if (text) {
      const [, name = "", quote = "", typed = ""] = text;
      const columns = columnsOf(name, before, given());
      return columns && { from: pos - typed.length, options: columns.slice(0, MOST).map((column) => option(column, quote)), validFor: /^[^"'\n]*$/ };
    }
    const member = AS_MEMBER.exec(near);
    if (!member) return null;
    const [, name = "", typed = ""] = member;
    const columns = columnsOf(name, before, given())?.filter((column) => IDENTIFIER.test(column.name));
    return columns ? { from: pos - typed.length, options: columns.slice(0, MOST).map((column) => option(column, "")), validFor: /^[\p{L}\p{N}_]*$/u } : null;
  };
}

function option({ name, type }: Column, quote: string): Completion {
  const escaped = name.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\r", "\\r").replaceAll(quote || "\n", `\\${quote}`);
  return { label: name, apply: quote ? escaped : name, detail: type, type: "column", boost: FIRST };
}
