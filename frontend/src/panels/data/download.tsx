/** The menu of the formats in which a dataset can be downloaded. */

import { ChevronDown, Download, File } from "lucide-react";
import { useState } from "react";
import { Button as AriaButton } from "react-aria-components";
import { download } from "../../api/downloads";
import { FORMATS, type Format } from "../../api/outputs";
import { Icon } from "../../look/icon";
import { MenuOf } from "../../look/menu";
import { toast } from "../../look/toast";
import { useTroubleText } from "../../look/trouble";
import { useWords } from "../../words/words";

const NAMES: Record<Format, string> = {
  csv: "CSV", tsv: "TSV", parquet: "Parquet", arrow: "Arrow", excel: "Excel", "json-lines": "JSON lines", arff: "ARFF",
};
const KEEP_TYPES: readonly Format[] = ["parquet", "arrow"];

interface DownloadMenuProps {
  readonly label: string;
  readonly address: (format: Format) => string;
}

export function DownloadMenu({ label, address }: DownloadMenuProps) {
  const words = useWords();
  const trouble = useTroubleText();
  const [busy, setBusy] = useState(false);
  const save = async (format: Format) => {
    setBusy(true);
    await download(address(format)).catch((error: unknown) => toast(trouble(error), { look: "refused" }));
    setBusy(false);
  };
  const entries = FORMATS.map((format) => ({
    id: format,
    label: NAMES[format],
    icon: File,
    cannot: busy && words.data.preparing,
    ...(KEEP_TYPES.includes(format) && { keys: words.data.keepsTypes }),
    act: () => void save(format),
  }));
  return (
    <MenuOf label={label} entries={entries}>
      <AriaButton className="b line"><Icon of={Download} />{busy ? words.data.preparing : label}<Icon of={ChevronDown} small /></AriaButton>
    </MenuOf>
  );
}
