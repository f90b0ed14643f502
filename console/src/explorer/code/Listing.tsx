import { useId } from "react";
import { CopyButton } from "../../app/CopyButton";
import type { Language } from "../../code";
import { useHighlighted } from "./useHighlighted";

interface Props {
  title: string;
  grammar: Language["grammar"];
  code: string;
  /** What stands beside the button that copies. */
  children?: React.ReactNode;
}

/** A titled piece of code that can be copied. */
export function Listing({ title, grammar, code, children }: Props) {
  const id = useId();
  const pieces = useHighlighted(grammar, code);
  return (
    <div className="code-listing">
      <div className="code-head">
        <h3 id={id}>{title}</h3>
        <div className="code-buttons">
          <CopyButton text={code} what={title} />
          {children}
        </div>
      </div>
      {/* It scrolls sideways: the keyboard has to reach it. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre className="code-text" tabIndex={0} role="region" aria-labelledby={id}>
        <code>
          {pieces.map((piece, i) => (
            <span key={i} className={piece.classes}>
              {piece.text}
            </span>
          ))}
        </code>
      </pre>
    </div>
  );
}
