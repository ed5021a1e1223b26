// An app's person and their browser are another program (person.py): one JSON object a line, each way.
import { createInterface } from 'node:readline';

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

export async function heard() {
  return JSON.parse((await lines.next()).value);
}

function say(what) {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}

/** Sends the person's browser there; where it came to be. */
export async function visit(url) {
  say({ visit: String(url) });
  return new URL((await heard()).at);
}

export function done(result) {
  say({ done: result });
}
