/** The menu of the formats in which a dataset can be downloaded. */

import { ChevronDown, Download, File } from "lucide-react";
import { Button as AriaButton } from "react-aria-components";
import { FORMATS, type Format } from "../../api/outputs";
import { Icon } from "../../look/icon";
import { MenuOf } from "../../look/menu";
import { useWords } from "../../words/words";

const NAMES: Record<Format, string> = {
  csv: "CSV", tsv: "TSV", parquet: "Parquet", arrow: "Arrow", excel: "Excel", "json-lines": "JSON lines", arff: "ARFF",
};
const KEEP_TYPES: readonly Format[] = ["parquet", "arrow"];

export function DownloadMenu({ address }: { readonly address: (format: Format) => string }) {
  const words = useWords();
  const entries = FORMATS.map((format) => ({
    id: format,
    label: NAMES[format],
    icon: File,
    ...(KEEP_TYPES.includes(format) && { keys: words.data.keepsTypes }),
    // The answer is a file to be saved, so the page stays.
    act: () => location.assign(address(format)),
  }));
  return (
    <MenuOf label={words.common.download} entries={entries}>
      <AriaButton className="b line"><Icon of={Download} />{words.common.download}<Icon of={ChevronDown} small /></AriaButton>
    </MenuOf>
  );
}
