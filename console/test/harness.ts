// What the browser tests share: the real binary with a fresh demo world, and
// Chromium pages that notice whatever a page should not do.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, expect } from "vitest";

const binary = resolve(process.env.TAEL_BINARY ?? "../bin/tael");

export interface Tael {
  endpoint: string;
  stop(): Promise<void>;
}

/** Starts a server with a fresh demo world on a free port of 127.0.0.1. */
export async function startTael(...flags: string[]): Promise<Tael> {
  const folder = mkdtempSync(join(tmpdir(), "tael-console-"));
  const child = spawn(
    binary,
    ["serve", "--demo", "--db", join(folder, "demo.db"), "--listen", "127.0.0.1:0", "--rate-limits", "off", ...flags],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  const address = await addressOf(child);
  return {
    endpoint: `http://${address}`,
    async stop() {
      const ended = new Promise(done => child.once("exit", done));
      child.kill();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Reads the log until the server says where it listens. */
function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((found, failed) => {
    const log: string[] = [];
    child.once("error", failed);
    child.once("exit", code => failed(new Error(`tael ended with ${code}:\n${log.join("\n")}`)));
    if (!child.stderr) {
      throw new Error("no log to read");
    }
    createInterface(child.stderr).on("line", line => {
      log.push(line);
      const entry = (line.startsWith("{") ? JSON.parse(line) : {}) as { msg?: string; address?: string };
      if (entry.msg === "serving" && entry.address) {
        found(entry.address);
      }
    });
  });
}

/** Starts Debian's Chromium, or the one that CHROMIUM names. */
export function startBrowser(...args: string[]): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), ...args],
  });
}

/** What a file of tests works with, once its tests run. */
export interface Stage {
  tael: Tael;
  browser: Browser;
}

/** Has a server with a demo world and a browser started before a file's tests, and ended after them. */
export function useStage(): Stage {
  const stage = {} as Stage; // filled before any test looks
  beforeAll(async () => {
    [stage.tael, stage.browser] = await Promise.all([startTael(), startBrowser()]);
  });
  afterAll(async () => {
    await stage.browser.close();
    await stage.tael.stop();
  });
  return stage;
}

/** A page whose faults are remembered: console errors, exceptions, broken policies and requests to other hosts. */
export class Watched {
  readonly faults: string[] = [];

  private constructor(
    readonly page: Page,
    readonly context: BrowserContext,
    readonly endpoint: string,
  ) {}

  static async open(browser: Browser, endpoint: string, options: BrowserContextOptions = {}): Promise<Watched> {
    const context = await browser.newContext({ baseURL: endpoint, ...options });
    const page = await context.newPage();
    const watched = new Watched(page, context, endpoint);
    page.on("console", message => {
      if (message.type() === "error" || message.type() === "warning") {
        watched.faults.push(`${message.type()}: ${message.text()}`);
      }
    });
    page.on("pageerror", error => watched.faults.push(`exception: ${error.stack ?? error.message}`));
    context.on("request", request => {
      const url = new URL(request.url());
      if (url.protocol !== "data:" && url.protocol !== "blob:" && url.origin !== endpoint) {
        watched.faults.push(`request to ${url.origin}`);
      }
    });
    return watched;
  }

  /** Closes the page; fails where it did what it should not. */
  async close(): Promise<void> {
    await this.context.close();
    expect(this.faults).toEqual([]);
  }
}
