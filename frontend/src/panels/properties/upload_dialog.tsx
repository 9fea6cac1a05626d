/** The upload of a file that a parameter is to name. */

import { Dialog } from "../../look/dialog";
import { useWords } from "../../words/words";
import { UploadCard } from "../datasets/upload_card";
import type { Upload } from "../datasets/uploading";

interface UploadDialogProps {
  readonly upload: Upload;
  readonly onStored: (name: string) => void;
  readonly onClose: () => void;
}

export function UploadDialog({ upload, onStored, onClose }: UploadDialogProps) {
  const words = useWords();
  return (
    <Dialog title={words.datasets.upload} onClose={onClose}>
      <div className="body"><UploadCard upload={upload} onStored={onStored} /></div>
    </Dialog>
  );
}
