import { type ComponentType, lazy } from "react";
import type { Credentials, Draft } from "./draft";

export interface TabProps {
  draft: Draft;
  onChange: (draft: Draft) => void;
  credentials: Credentials;
  endpoint: string;
}

interface FormProps {
  draft: Draft;
  onChange: (draft: Draft) => void;
}

// Each is loaded when it is first shown. What is not there yet is left out.
const found = import.meta.glob<{ default: ComponentType<TabProps> }>("./tabs/*Tab.tsx");
const form = import.meta.glob<{ RequestForm: ComponentType<FormProps> }>("./form/RequestForm.tsx");
const doctor = import.meta.glob<{ default: ComponentType }>("./doctor/DoctorPage.tsx");

const files = { call: "CallTab", signature: "SignatureTab", code: "CodeTab", reference: "ReferenceTab" };

/** What an action's page can show of it; the first is what it shows where the address does not say. */
export type Tab = keyof typeof files;

const all = Object.entries(files) as [Tab, string][];

export const tabs = Object.fromEntries(
  all.flatMap(([tab, file]) => {
    const load = found[`./tabs/${file}.tsx`];
    return load ? [[tab, lazy(load)]] : [];
  }),
) as Partial<Record<Tab, ComponentType<TabProps>>>;

export const tabNames = all.map(([tab]) => tab).filter(tab => tab in tabs);

export function isTab(name: string): name is Tab {
  return name in files;
}

const loadForm = form["./form/RequestForm.tsx"];
export const RequestForm = loadForm && lazy(() => loadForm().then(({ RequestForm }) => ({ default: RequestForm })));

const loadDoctor = doctor["./doctor/DoctorPage.tsx"];
export const DoctorPage = loadDoctor && lazy(loadDoctor);
