/** A dialog: only to choose. Esc closes it, and the focus goes back to where it was. */

import { X } from "lucide-react";
import type { ReactNode } from "react";
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { useWords } from "../words/words";
import { IconButton } from "./button";

interface DialogProps {
  readonly title: string;
  /** Whether the title is only for those who can't see the dialog. */
  readonly bare?: boolean;
  /** Whether only its buttons close it: it shows what is not shown again. */
  readonly stays?: boolean;
  /** Whether it holds a table. */
  readonly wide?: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export function Dialog({ title, bare = false, stays = false, wide = false, onClose, children }: DialogProps) {
  const words = useWords();
  return (
    <ModalOverlay className="veil" isOpen isDismissable={!stays} isKeyboardDismissDisabled={stays} onOpenChange={(open) => !open && onClose()}>
      <Modal className={wide ? "dialog wide" : "dialog"}>
        <AriaDialog {...(bare && { "aria-label": title })}>
          {!bare && (
            <header>
              <Heading slot="title" className="grow clip">{title}</Heading>
              <IconButton icon={X} label={words.common.close} onClick={onClose} small />
            </header>
          )}
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
