import type { Field, Type } from "../definition/bundle";
import type { Call, Member } from "./call";

/** The type that a field's value is an object of, if it is one of the definition's. */
export function typeOf(call: Call, fields: Field[], name: string): Type | undefined {
  const field = fields.find(candidate => candidate.name === name);
  return field && call.definition.type(call.action.service, field.type);
}

/** Whether the models of an SDK can hold the call: those of the published service, parameters that they know. */
export function isTyped(call: Call, knows: (action: string) => boolean): boolean {
  const { action, parameters } = call;
  return action.service === "intlpartnersmgt" && knows(action.name) && fit(parameters, action.request ?? [], call);
}

function fit(members: Member[], fields: Field[], call: Call): boolean {
  return members.every(([name, value]) => {
    const field = fields.find(candidate => candidate.name === name);
    const type = typeOf(call, fields, name);
    if (!field || !type) {
      return field !== undefined && value.kind !== "object";
    }
    const items = field.list && value.kind === "list" ? value.items : [value];
    return (
      (value.kind === "list") === (field.list ?? false) &&
      items.every(item => item.kind === "object" && fit(item.members, type.fields ?? [], call))
    );
  });
}
