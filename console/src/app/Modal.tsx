import { type ReactNode, useEffect, useRef } from "react";
import "./modal.css";

interface Props {
  /** What it is, for those who do not see it. */
  label: string;
  /** In the middle, or from the left edge. */
  as: "dialog" | "drawer";
  close: () => void;
  children: ReactNode;
}

/** The browser's own modal: it holds the focus, goes on Escape, and gives the focus back. */
export function Modal({ label, as, close, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    // The space around a modal belongs to it, so a press beside what it holds is one on itself.
    const pressed = (event: MouseEvent) => event.target === element && element?.close();
    element?.addEventListener("mousedown", pressed);
    return () => element?.removeEventListener("mousedown", pressed);
  }, []);
  return (
    <dialog ref={dialog} className={`modal modal--${as}`} aria-label={label} onClose={close}>
      <div className="modal-content">{children}</div>
    </dialog>
  );
}
