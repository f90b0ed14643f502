import { isLosslessNumber } from "lossless-json";
import type { Json } from "../draft";

// Longer lists are folded at first.
const unfolded = 50;

interface Props {
  value: Json;
  /** Of a member. */
  name?: string;
  last?: boolean;
}

/** JSON to be read: every object and list can be folded. */
export function JsonView({ value, name, last = true }: Props) {
  const comma = last ? "" : ",";
  const key = name === undefined ? null : <span className="json-name">{`${JSON.stringify(name)}: `}</span>;
  const members = membersOf(value);
  if (!members || members.length === 0) {
    return (
      <div className="json-line">
        {key}
        <span className={`json-${kindOf(value)}`}>{scalarText(value)}</span>
        {comma}
      </div>
    );
  }
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  return (
    <details className="json-node" open={members.length <= unfolded}>
      <summary>
        {key}
        {open}
        <span className="json-folded">{` … ${members.length} ${close}${comma}`}</span>
      </summary>
      <div className="json-members">
        {members.map(([member, item], i) => (
          <JsonView
            key={member ?? i}
            value={item}
            last={i === members.length - 1}
            {...(member !== undefined && { name: member })}
          />
        ))}
      </div>
      <div className="json-line">
        {close}
        {comma}
      </div>
    </details>
  );
}

/** What is in an object or list; null of anything else. */
function membersOf(value: Json): [name: string | undefined, value: Json][] | null {
  if (Array.isArray(value)) {
    return value.map(item => [undefined, item]);
  }
  return value !== null && typeof value === "object" && !isLosslessNumber(value) ? Object.entries(value) : null;
}

function kindOf(value: Json): string {
  return isLosslessNumber(value) ? "number" : typeof value;
}

function scalarText(value: Json): string {
  if (isLosslessNumber(value)) {
    return value.value;
  }
  return JSON.stringify(value); // no number is left in it
}
